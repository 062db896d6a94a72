import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './support/cli.ts';
import { kubectlOk, type Output } from './support/kubectl.ts';
import { createAll, makeNamespace, workload } from './support/running.ts';
import { E2E_LABEL, LOOKALIKE_CLASS, MISSPELT, WORK } from './support/settings.ts';

const NAMESPACE = 'cofferdam-e2e-checked';
const ROLE = 'cofferdam-e2e-doctor';

interface Check {
  readonly id: string;
  readonly mark: string;
  readonly remarks: readonly { readonly mark: string; readonly message: string }[];
}
interface Document {
  readonly checks: readonly Check[];
  readonly exemptions: readonly string[];
}

const read = ({ stdout }: Output): Document => JSON.parse(stdout) as Document;

function checkOf({ checks }: Document, id: string): Check {
  const found = checks.find(check => check.id === id);
  if (!found) throw new Error(`there is no check ${id}`);
  return found;
}

const messages = (check: Check): readonly string[] => check.remarks.map(({ message }) => message);

describe('doctor', () => {
  it('finds the webhooks of these tests in order, and the two mistakes that these tests make', async () => {
    const ran = await cofferdam(['doctor', '-o', 'json']);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 1, stderr: '' });
    const document = read(ran);
    const fine = [
      'kubernetes-version',
      'webhooks-registered',
      'webhook-certificates',
      'webhook-failure-policy',
    ];
    expect(fine.map(id => [id, checkOf(document, id).mark])).toEqual(fine.map(id => [id, 'ok']));
    expect(checkOf(document, 'definitions').mark).not.toBe('failure');
    expect(messages(checkOf(document, 'class-names'))).toContain(
      `RuntimeClass "${LOOKALIKE_CLASS}" sounds like an application kernel (app-kernel), but its handler "runc" is the host kernel.`,
    );
    expect(messages(checkOf(document, 'namespace-modes'))).toContain(
      `Namespace "${MISSPELT}" has cofferdam.dev/mode=enfroce, which is not a mode, so the namespace is enforced.`,
    );
  });

  it('shows it with a mark and a fix', async () => {
    const { stdout } = await cofferdam(['doctor']);
    expect(stdout).toContain('✓ the webhooks are registered for every request that makes or changes a Pod');
    expect(stdout).toMatch(
      /✗ no RuntimeClass promises more than its handler gives\n {4}.*\n(.*\n)*? {4}Fix: /,
    );
  });
});

describe('doctor --preflight', () => {
  const drafts = join(WORK, 'drafts.yaml');
  const ours = (document: Document): readonly string[] =>
    messages(checkOf(document, 'preflight-system')).filter(message => message.includes(NAMESPACE));

  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    const relay = workload('apps/v1', 'DaemonSet', 'relay', NAMESPACE, { hostNetwork: true, hostPID: true });
    const nodes = JSON.parse(await kubectlOk(['get', 'nodes', '-o', 'json'])).items.length;
    await createAll(NAMESPACE, [relay], nodes);
  });

  it('drafts an exemption that lets in what would be rejected', async () => {
    const before = await cofferdam(['doctor', '--preflight', '-o', 'json', '-o', `exemptions=${drafts}`]);
    expect(before.code).toBe(1);
    expect(ours(read(before))).toEqual([
      expect.stringMatching(
        /^DaemonSet "relay" in "cofferdam-e2e-checked" \(\d+ Pods?; on every node and hostNetwork\): no sandbox can contain the host's (PID|network) namespace and the host's (PID|network) namespace\.$/,
      ),
    ]);
    const after = await cofferdam(['doctor', '--preflight', '-o', 'json', '--policy', drafts]);
    expect(ours(read(after))).toEqual([]);
  });
});

describe('doctor of someone who may list some things alone', () => {
  const kubeconfig = join(WORK, 'doctor-kubeconfig');
  const allowed = [
    'runtimeclasses',
    'namespaces',
    'mutatingwebhookconfigurations',
    'validatingwebhookconfigurations',
    // Whether the webhooks may leave creations to the guard depends on it.
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  ];

  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    const role = ['create', 'clusterrole', ROLE, '--verb=list', `--resource=${allowed.join(',')}`];
    const bind = [
      'create',
      'clusterrolebinding',
      ROLE,
      `--clusterrole=${ROLE}`,
      `--serviceaccount=${NAMESPACE}:default`,
    ];
    await removeRole();
    await kubectlOk(role);
    await kubectlOk(bind);
    await kubectlOk(['label', 'clusterrole,clusterrolebinding', ROLE, `${E2E_LABEL}=true`]);
    await writeKubeconfig();
  });
  afterAll(removeRole);

  async function removeRole(): Promise<void> {
    await kubectlOk(['delete', 'clusterrole,clusterrolebinding', ROLE, '--ignore-not-found']);
  }

  async function writeKubeconfig(): Promise<void> {
    const token = (await kubectlOk(['create', 'token', 'default', '-n', NAMESPACE])).trim();
    const config = JSON.parse(await kubectlOk(['config', 'view', '--raw', '--minify', '-o', 'json']));
    config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
    await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  it('warns of what it could not look at, and checks the rest', async () => {
    const ran = await cofferdam(['doctor', '-o', 'json'], kubeconfig);
    const document = read(ran);
    expect(checkOf(document, 'ready-nodes')).toMatchObject({
      mark: 'warning',
      remarks: [
        {
          message: expect.stringMatching(
            /^This was not checked, because nodes could not be listed: nodes is forbidden/,
          ),
        },
      ],
    });
    expect(checkOf(document, 'webhooks-registered').mark).toBe('ok');
  });
});
