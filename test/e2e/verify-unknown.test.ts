import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runtimeClass } from '../support/objects.ts';
import { cofferdam } from './support/cofferdam.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { nodesWith } from './support/fixtures.ts';
import { apply, kubectlOk } from './support/kubectl.ts';
import { startLive, verdictOn } from './support/live.ts';
import { container, HIGH_RISK, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { makeNamespace } from './support/running.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, IMAGE, WORK } from './support/settings.ts';

const NAMESPACE = 'cofferdam-e2e-unknown';
/** gVisor under a name that no profile knows. */
const TEAM = { runtimeClass: 'cofferdam-e2e-team', handler: 'runsc-team' };
/** runc under a name that promises gVisor, and that no profile knows either. */
const FAKE = { runtimeClass: 'cofferdam-e2e-fake', handler: 'gvisor-fake' };
const DRAFTS = join(WORK, 'profiles.yaml');

const labelled = (name: string) => ({ name, labels: { [E2E_LABEL]: 'true' } });
const classOf = ({ runtimeClass: name, handler }: typeof TEAM) =>
  runtimeClass(name, handler, { metadata: labelled(name) });
/** What needs a sandbox in the namespace gets these classes, whatever else the cluster has. */
const policy = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: labelled(NAMESPACE),
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } } },
    sandboxes: [{ runtimeClass: FAKE.runtimeClass }, { runtimeClass: TEAM.runtimeClass }],
  },
};

let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  await makeNamespace(NAMESPACE);
  for (const object of [classOf(TEAM), classOf(FAKE), policy]) {
    expect(await apply(object)).toMatchObject({ code: 0 });
  }
  live = await startLive();
});
afterAll(async () => {
  await live?.stop();
  const classes = [TEAM, FAKE].map(one => `runtimeclass/${one.runtimeClass}`);
  await kubectlOk(['delete', `namespace/${NAMESPACE}`, ...classes, '--ignore-not-found', '--wait=false']);
  await removeCrds();
});

/** The handlers of which doctor says that nothing is known of them, and points to --write-profiles. */
async function unknownToDoctor(): Promise<readonly string[]> {
  const { stdout } = await cofferdam(['doctor', '-o', 'json']);
  const { checks } = JSON.parse(stdout) as {
    checks: readonly { remarks: readonly { message: string; fix?: string }[] }[];
  };
  return checks
    .flatMap(({ remarks }) => remarks)
    .filter(({ fix }) => fix?.includes('"cofferdam verify --write-profiles"'))
    .flatMap(({ message }) => /^No profile knows the handler "(.*?)"/.exec(message)?.[1] ?? []);
}

const probe = (...more: string[]) =>
  cofferdam([
    ...['verify', '--image', IMAGE, '-n', NAMESPACE],
    ...['--class', TEAM.runtimeClass, '--class', FAKE.runtimeClass, ...more],
  ]);
const rowOf = ({ runtimeClass, handler }: typeof TEAM, promises: string, seen: string): RegExp =>
  new RegExp(`^verified +${runtimeClass} +\\S+ +${handler} +${promises} +${seen}$`, 'm');

const needsGvisor = pod('needs-gvisor', { namespace: NAMESPACE, labels: HIGH_RISK });

describe('handlers that no profile names, of which one is gVisor and one is runc', () => {
  it('count as the host kernel, and doctor points to --write-profiles', async () => {
    expect(await unknownToDoctor()).toEqual(expect.arrayContaining([TEAM.handler, FAKE.handler]));
    expect(await verdictOn(live, needsGvisor)).toContain('nothing is known of handler');
  });

  it('are drafted a SandboxProfile where they are a sandbox, and none where they are not, which is said', async () => {
    const nodes = await nodesWith(TEAM.handler);
    const { code, stdout, stderr } = await probe('--write-profiles', DRAFTS);
    expect(stdout).toMatch(rowOf(TEAM, 'host-kernel', 'app-kernel \\(gVisor\\)'));
    expect(stdout).toMatch(rowOf(FAKE, 'host-kernel', 'host-kernel'));
    const refusal =
      /^no SandboxProfile for handler "gvisor-fake": the handler is the host kernel on node \S+.*\n$/;
    expect(stderr).toMatch(refusal);
    expect(code).toBe(0);

    const text = await readFile(DRAFTS, 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${stderr.trim()}`);
    for (const node of nodes) {
      expect(text).toMatch(
        new RegExp(`^# {3}node ${node}: app-kernel: .*is gVisor's; dmesg: Starting gVisor\\.\\.\\.; `, 'm'),
      );
    }
    const written = parseAllDocuments(text).map(document => document.toJS());
    expect(written).toEqual([
      {
        apiVersion: 'cofferdam.dev/v1alpha1',
        kind: 'SandboxProfile',
        metadata: { name: TEAM.handler },
        spec: {
          handlers: [TEAM.handler],
          extends: 'gvisor',
          isolation: 'app-kernel',
          isolationReason: expect.stringMatching(/^seen from inside on \S/),
          isolationSource: 'cofferdam verify',
        },
      },
    ]);
  });

  it('are what the draft says once it is applied: to doctor, to verify, and to the webhook', async () => {
    await kubectlOk(['apply', '-f', DRAFTS]);
    await kubectlOk(['label', 'sandboxprofile', TEAM.handler, `${E2E_LABEL}=true`]);
    const unknown = await unknownToDoctor();
    expect(unknown).toContain(FAKE.handler);
    expect(unknown).not.toContain(TEAM.handler);

    const { code, stdout, stderr } = await probe('--write-profiles', '-');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `# ${stderr}` });
    expect(stderr).toMatch(/^no SandboxProfile for handler "gvisor-fake": [^\n]*\n$/);

    const given = await poll('a Pod that needs gVisor is placed', async () => {
      const verdict = await verdictOn(live, needsGvisor);
      return verdict === TEAM.runtimeClass ? verdict : undefined;
    });
    expect(await dmesgIn(given)).toContain('Starting gVisor');
  });
});

/** The output of a Pod that runs in the class. */
async function dmesgIn(runtimeClassName: string): Promise<string> {
  const spec = {
    runtimeClassName,
    restartPolicy: 'Never',
    containers: [container({ command: ['dmesg'] })],
  };
  await kubectlOk(['create', '-f', '-'], pod('placed', { namespace: NAMESPACE, labels: HIGH_RISK, spec }));
  await poll('it has ended', async () => {
    const phase = await kubectlOk([
      ...['get', 'pod', 'placed', '-n', NAMESPACE],
      ...['-o', 'jsonpath={.status.phase}'],
    ]);
    return phase === 'Succeeded' ? true : undefined;
  });
  return kubectlOk(['logs', 'placed', '-n', NAMESPACE]);
}
