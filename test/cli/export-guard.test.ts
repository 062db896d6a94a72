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
const bindingOf = (objects: readonly object[]) =>
  (objects[1] as AdmissionBinding).spec.matchResources?.namespaceSelector.matchExpressions;

it('writes the guard, its binding, and each lock with its own', async () => {
  const objects = await exported();
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ValidatingAdmissionPolicy cofferdam-guard',
    'ValidatingAdmissionPolicyBinding cofferdam-guard',
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
  expect(bindingOf(await exported())).toEqual([lenient, labelled, outside()]);
  const everywhere = ['--default-mode', 'enforce', '--exclude-namespace', 'a', '--exclude-namespace', 'b'];
  expect(bindingOf(await exported(...everywhere))).toEqual([lenient, outside('a', 'b')]);
});

it('knows the well-known classes, or those of a file', async () => {
  expect(profileOf((await exported())[0])).toContain("'kata-qemu': 'kata-qemu'");
  const file = join(folder, 'cluster.yaml');
  const metadata = { name: 'mine' };
  await writeFile(
    file,
    stringify({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata, handler: 'runsc' }),
  );
  expect(profileOf((await exported('--cluster', file))[0])).toBe(
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
    const [guard] = await exported('--from-cluster', '--kubeconfig', server.kubeconfig);
    expect(profileOf(guard)).toBe(
      "{'gvisor': 'gvisor', 'kata-qemu': 'kata-qemu'}[?variables.class].orValue('')",
    );
    expect(JSON.stringify(guard)).toContain('[[0, 2, 30, 70, 1000000] + [0, 0, 0]]');
  } finally {
    await server.stop();
  }
});

it.each([
  [['--cluster', 'x.yaml', '--from-cluster'], 'error: --cluster and --from-cluster do not go together\n'],
  [['--policy', 'strickt'], /^strickt: error: strickt is neither a built-in policy/],
  [['--default-mode', 'x'], /^error: option '--default-mode <mode>' argument 'x' is invalid/],
])('has no answer to %j', async (argv, err) => {
  const got = await cofferdam(['export', 'guard', ...argv]);
  expect(got).toMatchObject({ code: 2, out: '' });
  expect(got.err).toMatch(err);
});
