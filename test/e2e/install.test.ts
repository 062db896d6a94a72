import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { hasFront } from '../../src/guard/front.ts';
import { commandsAfter, HOME, runDocumented, SHOP } from './support/documented.ts';
import { CHART, helm, helmOk } from './support/helm.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import type { Output } from './support/output.ts';
import { BUILD_TIMEOUT, ownImage } from './support/own-image.ts';
import { pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { IMAGE } from './support/settings.ts';

const MOST_SECONDS = 120;
const CLUSTER_SCOPED = [
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'clusterroles',
  'clusterrolebindings',
  'customresourcedefinitions',
  'runtimeclasses',
].join(',');

const INSTALL = await commandsAfter('README.md', '<!-- test/e2e/install.test.ts runs these lines. -->');

beforeAll(async () => {
  await ownImage();
  await removeAll();
}, BUILD_TIMEOUT);
afterAll(() => removeAll());

/** A cluster of your own may have a release that is not of these tests. */
async function refuseToTakeOver(): Promise<void> {
  const format = 'jsonpath={.metadata.annotations.meta\\.helm\\.sh/release-namespace}';
  const { stdout } = await kubectl(['get', 'mutatingwebhookconfiguration', 'zz-cofferdam', '-o', format]);
  if (stdout !== '' && !stdout.startsWith('cofferdam-e2e-')) {
    throw new Error(
      `the cluster has a Cofferdam already, in namespace ${stdout}: these tests would remove it`,
    );
  }
}

/** Removes what stays on purpose, too, and what a run that was killed left. */
async function removeAll(): Promise<void> {
  await refuseToTakeOver();
  await helm(['uninstall', 'cofferdam', '-n', HOME, '--wait', '--ignore-not-found']);
  await kubectlOk(['delete', CLUSTER_SCOPED, '-l', 'app.kubernetes.io/part-of=cofferdam']);
  await kubectlOk(['delete', 'namespaces', HOME, SHOP, '--ignore-not-found']);
}

async function upgrade(...values: readonly string[]): Promise<void> {
  const set = values.flatMap(value => ['--set', value]);
  const args = ['upgrade', 'cofferdam', CHART, '-n', HOME, '--reuse-values', ...set];
  await helmOk([...args, '--wait', '--timeout', '2m']);
}

/** Runs the README's lines, up to the Pods. */
async function install(): Promise<void> {
  const [release = '', , label = ''] = INSTALL;
  for (const line of [release, label]) {
    const { code, stderr } = await runDocumented(line);
    if (code !== 0) throw new Error(`${line}: ${stderr}`);
  }
  await poll('the leader has written the guard', async () => {
    const { spec } = await storedGuard();
    return spec.validations ? true : undefined;
  });
}

interface StoredGuard {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly validations?: readonly object[];
    readonly matchConditions?: readonly { readonly name: string }[];
  };
}
const storedGuard = async (name = 'cofferdam-guard'): Promise<StoredGuard> =>
  JSON.parse(await kubectlOk(['get', 'validatingadmissionpolicy', name, '-o', 'json']));

const makeTakeover = (namespace: string): Promise<Output> =>
  kubectl(['create', '--dry-run=server', '-f', '-'], pod('takeover', { namespace, spec: UNCONTAINABLE }));
/** The API server notices a configuration that is gone a moment later. */
const takeoverIsAdmitted = (): Promise<true> =>
  poll('nobody objects', async () => ((await makeTakeover(SHOP)).code === 0 ? true : undefined), 10);

/** The cluster-scoped objects of the chart that still exist, by kind. */
async function remains(): Promise<readonly string[]> {
  const names = await kubectlOk([
    'get',
    CLUSTER_SCOPED,
    '-l',
    'app.kubernetes.io/part-of=cofferdam',
    '-o',
    'name',
  ]);
  return names
    .split('\n')
    .filter(name => name !== '')
    .sort();
}

const KEPT = [
  'customresourcedefinition.apiextensions.k8s.io/clustersandboxpolicies.cofferdam.dev',
  'customresourcedefinition.apiextensions.k8s.io/sandboxexemptions.cofferdam.dev',
  'customresourcedefinition.apiextensions.k8s.io/sandboxpolicies.cofferdam.dev',
  'customresourcedefinition.apiextensions.k8s.io/sandboxprofiles.cofferdam.dev',
  'runtimeclass.node.k8s.io/gvisor',
];

describe('the README', () => {
  it(`installs in under ${MOST_SECONDS} s: one Pod runs in gVisor, one is turned away`, async () => {
    const start = performance.now();
    const outputs: Output[] = [];
    for (const line of INSTALL) outputs.push(await runDocumented(line));
    const seconds = (performance.now() - start) / 1000;
    const last = outputs.pop();
    expect(outputs.filter(({ code }) => code !== 0)).toEqual([]);
    expect(outputs.at(-1)?.stdout).toContain('Starting gVisor');
    expect(last?.code).toBe(1);
    expect(last?.stderr).toMatch(/Pod "takeover" rejected by policy "balanced": .*host's PID namespace/);
    expect(seconds).toBeLessThan(MOST_SECONDS);
  });

  it('leaves namespaces without a label at a warning', async () => {
    const told = await makeTakeover('default');
    expect(told.code).toBe(0);
    expect(told.stderr).toContain('Warning: Pod "takeover"');
  });
});

describe('the release', () => {
  it('passes helm test: doctor finds nothing wrong, verify finds gVisor', async () => {
    await upgrade('tests.verify.enabled=true', `tests.verify.image=${IMAGE}`);
    const { code, stdout, stderr } = await helm([
      'test',
      'cofferdam',
      '-n',
      HOME,
      '--logs',
      '--timeout',
      '2m',
    ]);
    if (code !== 0) throw new Error(`helm test: ${stderr}\n${stdout}`);
    expect(stdout).toMatch(/✓ the guard is in force/);
    expect(stdout).toMatch(/✓ replicas are ready to answer/);
    expect(stdout).not.toMatch(/not checked|left out/);
    expect(stdout).toMatch(/gvisor/);
  });

  it('refuses a second one, and names the first', async () => {
    const { code, stderr } = await helm([
      'install',
      'other',
      CHART,
      '-n',
      SHOP,
      '--set',
      'image.repository=x',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`has a Cofferdam already, as release "cofferdam" in namespace "${HOME}"`);
    expect(stderr).toContain(`helm upgrade cofferdam -n ${HOME}`);
  });

  it('keeps what the API server trusts it by when modes come and go', async () => {
    await upgrade('defaultMode=off');
    await upgrade('defaultMode=audit');
    await helmOk(['rollback', 'cofferdam', '1', '-n', HOME, '--wait', '--timeout', '2m']);
    for (const kind of ['mutating', 'validating']) {
      const { webhooks } = JSON.parse(
        await kubectlOk(['get', `${kind}webhookconfiguration`, 'zz-cofferdam', '-o', 'json']),
      ) as { webhooks: { name: string; clientConfig: { caBundle?: string } }[] };
      expect(webhooks.filter(({ clientConfig }) => !clientConfig.caBundle)).toEqual([]);
    }
  });
});

describe('the guard', () => {
  /** Written by the leader: of one policy more than the built-in ones. */
  const policy = {
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'cofferdam-e2e-install' },
    spec: {
      match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SHOP } } },
      minimumIsolation: 'app-kernel',
    },
  };
  let before: StoredGuard;

  it('passes over Pods in which nothing is found, as what judges labels of namespaces stands beside it', async () => {
    await poll(
      'it passes over them',
      async () => hasFront((await storedGuard()).spec.matchConditions) || undefined,
      60,
    );
    expect((await storedGuard('cofferdam-guard-labels')).spec.validations).toHaveLength(1);
  });

  it('is written by the leader', async () => {
    await kubectlOk(['apply', '-f', '-'], policy);
    before = await poll('the guard knows the policy', async () => {
      const now = await storedGuard();
      return JSON.stringify(now.spec).includes(SHOP) ? now : undefined;
    });
  });

  it('is left alone by an upgrade, a rollback, and manifests that are applied again', async () => {
    await upgrade('podAnnotations.revision=second');
    await helmOk(['rollback', 'cofferdam', '1', '-n', HOME, '--wait', '--timeout', '2m']);
    const manifest = await helmOk(['get', 'manifest', 'cofferdam', '-n', HOME]);
    const guard = parseAllDocuments(manifest)
      .map(document => document.toJSON())
      .find(
        ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === 'cofferdam-guard',
      );
    await kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', '-'], guard);
    const after = await storedGuard();
    expect([after.metadata.generation, after.spec]).toEqual([before.metadata.generation, before.spec]);
    await kubectlOk(['delete', 'clustersandboxpolicy', policy.metadata.name]);
  });
});

describe('helm uninstall', () => {
  it('leaves nothing that objects to a Pod', async () => {
    expect((await makeTakeover(SHOP)).code).toBe(1);
    await helmOk(['uninstall', 'cofferdam', '-n', HOME]);
    await takeoverIsAdmitted();
    expect(await remains()).toEqual(KEPT);
  });

  it('takes what was kept back in', async () => {
    await install();
    expect((await makeTakeover(SHOP)).code).toBe(1);
  });

  it('works with every replica dead and webhooks that fail closed', async () => {
    await upgrade('guard.enabled=false');
    await kubectlOk(['scale', 'deployment', 'cofferdam', '-n', HOME, '--replicas=0']);
    const fine = () => kubectl(['create', '--dry-run=server', '-f', '-'], pod('fine', { namespace: SHOP }));
    await poll('Pods wait for a replica', async () => ((await fine()).code === 1 ? true : undefined), 60);
    await helmOk(['uninstall', 'cofferdam', '-n', HOME]);
    await takeoverIsAdmitted();
  });

  it('works with the CustomResourceDefinitions deleted first', async () => {
    await install();
    await kubectlOk(['delete', ...KEPT.filter(name => name.startsWith('custom'))]);
    await helmOk(['uninstall', 'cofferdam', '-n', HOME]);
    await takeoverIsAdmitted();
    expect(await remains()).toEqual(KEPT.slice(-1));
  });

  it('is not needed to get out: one command does, also with the namespace gone', async () => {
    await install();
    await kubectlOk(['delete', 'namespace', HOME]);
    expect((await makeTakeover(SHOP)).code).toBe(1);
    const [command = ''] = await commandsAfter('docs/rollout.md', 'Then take everything off:');
    expect((await runDocumented(command)).code).toBe(0);
    await takeoverIsAdmitted();
  });
});
