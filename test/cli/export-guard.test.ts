import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { AdmissionBinding, AdmissionPolicy } from '../../src/guard/object.ts';
import { CLUSTER } from '../support/cluster-objects.ts';
import { startApiServer } from '../support/kube-server.ts';
import { cofferdam } from './stranger.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-export-guard-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function exported(...argv: string[]): Promise<readonly (AdmissionPolicy | AdmissionBinding)[]> {
  const { code, out, err } = await cofferdam(['export', 'guard', ...argv]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return parseAllDocuments(out).map(one => one.toJS());
}
const profileOf = (guard: unknown): string | undefined =>
  (guard as AdmissionPolicy).spec.variables?.find(({ name }) => name === 'profile')?.expression;
type Exported = readonly (AdmissionPolicy | AdmissionBinding)[];
const guardIn = (objects: Exported): AdmissionPolicy =>
  objects.find(
    ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === 'cofferdam-guard',
  ) as AdmissionPolicy;
const bindingIn = (objects: Exported) =>
  objects.find(
    (one): one is AdmissionBinding =>
      one.kind === 'ValidatingAdmissionPolicyBinding' && one.metadata.name === 'cofferdam-guard',
  )?.spec.matchResources?.namespaceSelector.matchExpressions;

it('writes the guard, what stands beside it, their bindings, and each lock with its own', async () => {
  const objects = await exported();
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    // What the guard passes over is judged by this one, so it comes first.
    'ValidatingAdmissionPolicy cofferdam-guard-labels',
    'ValidatingAdmissionPolicyBinding cofferdam-guard-labels-risk',
    'ValidatingAdmissionPolicyBinding cofferdam-guard-labels-minimum-isolation',
    'ValidatingAdmissionPolicyBinding cofferdam-guard',
    'ValidatingAdmissionPolicy cofferdam-guard',
    ...['namespaces', 'runtimeclasses', 'objects', 'webhooks'].flatMap(name => [
      `ValidatingAdmissionPolicy cofferdam-lock-${name}`,
      `ValidatingAdmissionPolicyBinding cofferdam-lock-${name}`,
    ]),
  ]);
});

it('binds by mode, and leaves namespaces out', async () => {
  const lenient = {
    key: 'cofferdam.dev/mode',
    operator: 'NotIn',
    values: ['audit', 'inject', 'off', 'warn'],
  };
  const labelled = { key: 'cofferdam.dev/mode', operator: 'Exists' };
  const system = ['kube-system', 'kube-public', 'kube-node-lease'];
  const outside = (...names: string[]) => ({
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: [...system, ...names],
  });
  expect(bindingIn(await exported())).toEqual([lenient, labelled, outside()]);
  const everywhere = ['--default-mode', 'enforce', '--exclude-namespace', 'a', '--exclude-namespace', 'b'];
  expect(bindingIn(await exported(...everywhere))).toEqual([lenient, outside('a', 'b')]);
});

it('is YAML that kubectl of any version reads alike: off is no boolean', async () => {
  const { out } = await cofferdam(['export', 'guard']);
  const byOldRules = parseAllDocuments(out, { version: '1.1' }).map(one => one.toJS());
  expect(byOldRules).toEqual(parseAllDocuments(out).map(one => one.toJS()));
  expect(JSON.stringify(byOldRules[1])).toContain('"off"');
});

it('knows the well-known classes, or those of a file', async () => {
  expect(profileOf(guardIn(await exported()))).toContain("'kata-qemu': 'kata-qemu'");
  const file = join(folder, 'cluster.yaml');
  const metadata = { name: 'mine' };
  await writeFile(
    file,
    stringify({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, handler: 'runsc' }),
  );
  expect(profileOf(guardIn(await exported('--cluster', file)))).toBe(
    "{'mine': 'gvisor'}[?variables.class].orValue('')",
  );
});

it('takes classes and policies of a cluster', async () => {
  const strict = { metadata: { name: 'own' }, spec: { minimumIsolation: 'vm' } };
  const server = await startApiServer({
    ...CLUSTER,
    '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [strict],
  });
  try {
    const guard = guardIn(await exported('--from-cluster', '--kubeconfig', server.kubeconfig));
    expect(profileOf(guard)).toBe(
      "{'gvisor': 'gvisor', 'kata-qemu': 'kata-qemu'}[?variables.class].orValue('')",
    );
    expect(JSON.stringify(guard)).toContain('[[0, 2, 30, 70, 1000000, 0] + [0, 0, 0]]');
  } finally {
    await server.stop();
  }
});

it('tells of what the guard leaves to the webhook', async () => {
  const nested =
    'object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.exists(c, c.name == a.name && a.name == b.name)))';
  const file = join(folder, 'costly.yaml');
  await writeFile(
    file,
    stringify({
      ...{ apiVersion: 'cofferdam.dev/v1alpha1', kind: 'ClusterSandboxPolicy', metadata: { name: 'costly' } },
      spec: { scoring: { rules: [{ name: 'thrice', expression: nested, weight: 30 }] } },
    }),
  );
  const { code, out, err } = await cofferdam(['export', 'guard', '--policy', file]);
  expect(code).toBe(0);
  expect(err).toMatch(
    /^warning: .*costly.* is fully enforced only while the webhook answers: the guard does not have its rule "?thrice/,
  );
  expect(out).not.toContain(nested);
});

it.each([
  [
    ['--cluster', 'x.yaml', '--from-cluster'],
    'error: --cluster and --from-cluster cannot be used together\n',
  ],
  [['--policy', 'strickt'], /^strickt: error: strickt is neither a built-in policy/],
  [['--default-mode', 'x'], /^error: option '--default-mode <mode>' argument 'x' is invalid/],
])('has no answer to %j', async (argv, err) => {
  const got = await cofferdam(['export', 'guard', ...argv]);
  expect(got).toMatchObject({ code: 2, out: '' });
  expect(got.err).toMatch(err);
});
