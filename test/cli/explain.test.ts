import { describe, expect, it } from 'vitest';
import { filledTo } from '../support/bounds.ts';
import { cofferdam } from './stranger.ts';

const SHOP = 'test/golden/inputs/shop.yaml';

describe('what to explain', () => {
  it.each([
    [
      'several',
      [SHOP],
      'error: 5 objects to choose from\nChoose one with --name: Pod/restricted, Deployment/builder, CronJob/nightly, DaemonSet/exporter and Pod/too-weak\n',
    ],
    [
      'none of that name',
      [SHOP, '--name', 'web'],
      'error: no object is called "web"\nThere are: Pod/restricted, Deployment/builder, CronJob/nightly, DaemonSet/exporter and Pod/too-weak\n',
    ],
  ])('%s is an error that lists what there is', async (_, argv, err) => {
    expect(await cofferdam(['explain', ...argv])).toEqual({ code: 2, out: '', err });
  });

  const odd = 'apiVersion: v1\nkind: Pod\nmetadata: {name: odd}\nspec: {containers: [{}]}\n---\n';
  const fine =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: fine}\nspec: {containers: [{name: a, image: a}]}\n';
  it.each([
    ['odd', odd + fine],
    ['pod/odd', odd],
  ])('one that cannot be judged is not told to be missing: %s', async (name, stdin) => {
    expect(await cofferdam(['explain', '-', '--name', name], { stdin })).toEqual({
      code: 2,
      out: '',
      err: `-:4: error: Pod/odd: spec.containers[0].name: missing, but required
  Fix: "kubectl explain pod.spec.containers.name" shows what belongs there.
error: Pod/odd cannot be judged
What is wrong with it stands above.
`,
    });
  });

  it('nothing that makes Pods is an error', async () => {
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';
    expect(await cofferdam(['explain', '-'], { stdin })).toEqual({
      code: 2,
      out: '',
      err: 'error: nothing to explain: no Pod, and no workload with a Pod template\n1 object of other kinds passed over: 1 ConfigMap.\n',
    });
  });

  it('a broken input is told before', async () => {
    expect(await cofferdam(['explain', '-'], { stdin: 'kind: Pod\n' })).toEqual({
      code: 2,
      out: '',
      err: `-:1: error: apiVersion: found nothing, expected a string, as every Kubernetes object has
  Fix: Correct it, or leave the file out if it is no Kubernetes manifest.
error: nothing to explain: the input has problems
`,
    });
  });
});

describe('exit codes', () => {
  it.each([
    ['restricted', 0],
    ['builder', 0],
    ['exporter', 1],
    ['Pod/too-weak', 1],
  ])('%s', async (name, code) => {
    expect((await cofferdam(['explain', SHOP, '--name', name])).code).toBe(code);
  });
});

it('tells a machine the same', async () => {
  const { out } = await cofferdam(['explain', SHOP, '--name', 'builder', '-o', 'json']);
  const { result, assessments, placement, patch, exemption } = JSON.parse(out);
  expect(result).toMatchObject({
    kind: 'Deployment',
    name: 'builder',
    verdict: 'sandbox',
    runtimeClass: 'gvisor',
  });
  expect(assessments).toMatchObject([
    { policy: 'balanced', governing: true, tierScore: 60, required: 'app-kernel' },
  ]);
  expect(placement).toMatchObject([{ runtimeClass: 'gvisor', chosen: true }, { runtimeClass: 'kata-qemu' }]);
  expect(patch).toContainEqual({ op: 'add', path: '/spec/runtimeClassName', value: 'gvisor' });
  expect(exemption).toBeNull();
});

it('drafts an exemption that lets the object in when it is given', async () => {
  const { out } = await cofferdam(['explain', SHOP, '--name', 'exporter', '-o', 'json']);
  const exemption: string = JSON.parse(out).exemption;
  expect(exemption).toContain('- signal: hostPID\n');
  const manifest = await cofferdam(['review', SHOP, '--policy', '-'], { stdin: exemption });
  expect(manifest.out).toMatch(/^admit {4}DaemonSet\/exporter /m);
});

it('of a Pod that is beyond the bounds, that alone is told', async () => {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', ...filledTo('annotations', 251) });
  const { out } = await cofferdam(['explain', '-'], { stdin });
  expect(out).toBe(`Pod/p in namespace default (-:1)
Verdict: reject
  It has 251 annotations, of 250 at most.
  Fix: Take out what it does not need, or make several Pods of it. No exemption waives this.
  Note: Nothing else of it was looked at.
`);
});
