import { expect } from 'vitest';
import { readCluster } from '../../../src/cluster/static.ts';
import { guardBindings } from '../../../src/guard/binding.ts';
import { documentOf } from '../../support/documents.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import { applyAll, expressionsOf, guardPolicyItems, remove, renamedBinding, wholeGuard } from './guarding.ts';
import { kubectl, type Output } from './kubectl.ts';
import { type PodTweak, pod } from './pods.ts';
import { poll } from './poll.ts';

const NAME = 'cofferdam-e2e-guard';
/** It replaces the label of these tests, by which the webhook is called: here the guard is alone. */
const OWN = 'example.com/e2e-guard';
export const at = (mode: string) => `${NAME}-${mode}`;
export const HOME = at('enforce');
const MODES = {
  enforce: 'enforce',
  misspelt: 'enfroce',
  audit: 'audit',
  warn: 'warn',
  inject: 'inject',
  off: 'off',
  none: undefined,
  excluded: 'enforce',
};

const classObject = (name: string, handler: string) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: at(name), labels: { [OWN]: 'true' } },
  handler,
});
const KNOWN = [
  classObject('gvisor', 'runc'),
  classObject('one', 'runsc'),
  classObject('two', 'kata-qemu'),
  classObject('runc', 'runc'),
];
const LATE = classObject('late', 'runsc');

const policies = [
  {
    kind: 'SandboxExemption',
    metadata: { name: 'agents' },
    spec: {
      match: { namespaces: [HOME], podSelector: { matchLabels: { agent: 'yes' } } },
      waive: [{ signal: 'hostNetwork' }],
      ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
    },
  },
  {
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'public' },
    spec: { match: { podSelector: { matchLabels: { exposure: 'public' } } }, minimumIsolation: 'app-kernel' },
  },
].map(object => ({ apiVersion: 'cofferdam.dev/v1alpha1', ...object }));

/** A Pod of the enforced namespace that no kubelet will see. */
export const guarded = (name: string, tweak: PodTweak = {}) => {
  const made = pod(name, { namespace: HOME, ...tweak });
  return { ...made, spec: { ...made.spec, schedulerName: 'nobody' } };
};
export const tryOut = (name: string, tweak: PodTweak = {}, ...more: string[]): Promise<Output> =>
  kubectl(['create', '--dry-run=server', '-f', '-', ...more], guarded(name, tweak));

/** The words with which the guard refused it. */
export async function refusalOf(asked: Promise<Output>): Promise<string> {
  const { code, stderr } = await asked;
  expect(code).toBe(1);
  expect(stderr).toContain(`'${NAME}' with binding '${NAME}' denied request`);
  return stderr.split('denied request: ').at(-1)?.trim() ?? '';
}
export const passes = async (asked: Promise<Output>): Promise<void> =>
  expect(await asked).toMatchObject({ code: 0, stderr: '' });

export const patch = (name: string, body: object, ...more: string[]): Promise<Output> =>
  kubectl([
    'patch',
    'pod',
    name,
    '-n',
    HOME,
    '--type=merge',
    '-p',
    JSON.stringify(body),
    '--dry-run=server',
    ...more,
  ]);

/** Creates namespaces of every mode, classes, and a guard with its binding, and waits until the guard is in force. */
export async function startGuard(): Promise<void> {
  const view = readCluster(KNOWN.map(one => documentOf(one))).view;
  const guard = wholeGuard(snapshotOf(policies), view.runtimeClasses(), Date.parse('2026-11-24T00:00:00Z'));
  const labels = { [OWN]: 'true' };
  const bindings = guardBindings({ excludedNamespaces: [at('excluded')] }).map(one =>
    renamedBinding(one, NAME, labels, [...expressionsOf(one), { key: OWN, operator: 'Exists' }]),
  );
  await applyAll([
    ...Object.entries(MODES).map(([name, mode]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: at(name), labels: { [OWN]: 'true', ...(mode && { 'cofferdam.dev/mode': mode }) } },
    })),
    ...KNOWN,
    LATE,
    ...guardPolicyItems(guard, NAME, labels),
    ...bindings,
  ]);
  await poll('the guard is in force', async () =>
    (await tryOut('probe', { spec: { hostPID: true } })).code === 0 ? undefined : true,
  );
}

export async function stopGuard(): Promise<void> {
  await kubectl(['delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', '-l', OWN]);
  await remove('runtimeclass', ...[...KNOWN, LATE].map(({ metadata }) => metadata.name));
  // The next file creates them again.
  await kubectl(['delete', 'namespace', '--ignore-not-found', ...Object.keys(MODES).map(at)]);
}
