import { afterEach, expect, it, vi } from 'vitest';
import { hostPID } from '../../src/signals/host-namespaces.ts';
import { CLUSTER, pod as running } from '../support/cluster-objects.ts';
import { startApiServer } from '../support/kube-server.ts';
import { cofferdam } from './stranger.ts';

const pod = (name: string, metadata: string, resources: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${metadata}}\nspec:\n  containers: [{name: a, image: a:1${resources}}]\n---\n`;
const FINE = pod('fine', '', '');

afterEach(() => vi.restoreAllMocks());

it.each([
  ['an annotation', pod('odd', `, annotations: {'"x.crio.io': b}`, ''), 3],
  ['an annotation with a bracket', pod('odd', ", annotations: {'dev.gvisor.]x': b}", ''), 3],
  ['a resource', pod('odd', '', `, resources: {limits: {'"a/b': 1}}`), 5],
])('a quote at the start of the key of %s costs nobody an answer', async (_, odd, line) => {
  const { code, out, err } = await cofferdam(['review', '-', '-o', 'json', '--fail-on', 'never'], {
    stdin: odd + FINE,
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const results: { name: string; findings: { path: string; line: number }[] }[] = JSON.parse(out).results;
  expect(results.map(({ name }) => name)).toEqual(['odd', 'fine']);
  expect(results[0]?.findings.filter(({ path }) => path.includes('["')).map(found => found.line)).toEqual([
    line,
  ]);
});

/** Throws for the Pod of this name, as a fault of ours would. */
function failOn(name: string): void {
  const inspect = hostPID.inspect;
  vi.spyOn(hostPID, 'inspect').mockImplementation(view => {
    if (view.name === name) throw new TypeError('x is undefined');
    return inspect(view);
  });
}

it('a fault while one object is judged is a problem of that object', async () => {
  failOn('odd');
  const { code, out, err } = await cofferdam(['review', '-'], { stdin: FINE + pod('odd', '', '') });
  expect(code).toBe(2);
  expect(err).toBe(
    '-:7: error: cofferdam failed on this object: x is undefined\n  Fix: It is a fault of cofferdam: report it, with the object.\n',
  );
  expect(out).toContain('Pod/fine');
});

it('a fault while one Pod of a cluster is judged is a problem of that Pod', async () => {
  failOn('odd');
  const pods = [running('shop', 'odd'), running('shop', 'fine')];
  const server = await startApiServer({ ...CLUSTER, '/api/v1/pods': pods });
  try {
    const { code, out, err } = await cofferdam([
      ...['review', '--from-cluster', '--kubeconfig', server.kubeconfig],
      ...['-o', 'json'],
    ]);
    expect(code).toBe(2);
    expect(err).toContain('Pod/shop/odd: error: cofferdam failed on this object: x is undefined');
    expect(JSON.parse(out).results.map(({ name }: { name: string }) => name)).toEqual(['fine']);
  } finally {
    await server.stop();
  }
});

it('a character at which kubectl ends a line is an error, not a comment', async () => {
  const { code, err } = await cofferdam(['review', '-'], {
    stdin: `${FINE}apiVersion: v1\nkind: Pod\n# note\u2028spec: {hostPID: true}\n`,
  });
  expect(code).toBe(2);
  expect(err).toContain('-:9: error: U+2028 in column 7: kubectl ends the line there\n  Fix: Remove it');
});
