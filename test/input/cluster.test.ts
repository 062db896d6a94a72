import { describe, expect, it } from 'vitest';
import { readRunningPods, readWorkloads } from '../../src/input/cluster.ts';
import { controllersOf } from '../../src/input/owner.ts';

const by = (kind: string, name: string, controller = true) => ({
  ownerReferences: [{ apiVersion: 'x/v1', kind, name, controller }],
});
const pod = (metadata: object, spec: object = {}, status: object = { phase: 'Running' }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop', ...metadata },
  spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'a:1' }], ...spec },
  status,
});
const NONE = controllersOf({});
const readOne = (object: object, controllers = NONE) => readRunningPods([object as never], controllers);

describe('the owner of a Pod', () => {
  const controllers = controllersOf({
    ReplicaSet: [{ metadata: { name: 'web-1', namespace: 'shop', ...by('Deployment', 'web') } }],
    Job: [
      { metadata: { name: 'night-1', namespace: 'shop', ...by('CronJob', 'night') } },
      { metadata: { name: 'once', namespace: 'shop' } },
    ],
  });

  it.each([
    ['a ReplicaSet of a Deployment', by('ReplicaSet', 'web-1'), 'Deployment/web'],
    ['a ReplicaSet that is not known', by('ReplicaSet', 'other-1'), 'ReplicaSet/other-1'],
    ['a Job of a CronJob', by('Job', 'night-1'), 'CronJob/night'],
    ['a Job by itself', by('Job', 'once'), 'Job/once'],
    ['a DaemonSet', by('DaemonSet', 'relay'), 'DaemonSet/relay'],
    ['nobody', {}, 'Pod/p'],
    ['an owner that does not control', by('Deployment', 'web', false), 'Pod/p'],
    ['one of the same name in another namespace', { ...by('Job', 'night-1'), namespace: 'x' }, 'Job/night-1'],
  ])('%s', (_, metadata, expected) => {
    const [found] = readOne(pod(metadata), controllers).pods;
    expect(`${found?.owner.kind}/${found?.owner.name}`).toBe(expected);
  });

  it('ends where owners own each other', () => {
    const circle = controllersOf({
      A: [{ metadata: { name: 'a', namespace: 'shop', ...by('B', 'b') } }],
      B: [{ metadata: { name: 'b', namespace: 'shop', ...by('A', 'a') } }],
    });
    expect(readOne(pod(by('A', 'a')), circle).pods).toHaveLength(1);
  });
});

it('the node that was chosen is forgotten, the node that is asked for is not', () => {
  const nodeSelector = { 'kubernetes.io/hostname': 'n1' };
  const [found] = readOne(pod({}, { nodeSelector })).pods;
  expect(found?.pod.spec).toEqual({ containers: [{ name: 'a', image: 'a:1' }], nodeSelector });
});

it('its place is kind, namespace and name', () => {
  expect(readOne(pod({})).pods[0]?.source).toEqual({ file: 'Pod/shop/p' });
});

it.each(['Succeeded', 'Failed'])('a Pod that has %s is counted, not judged', phase => {
  expect(readOne(pod({}, {}, { phase }))).toEqual({ pods: [], finished: 1, problems: [] });
});

it.each([
  ['a static Pod', { annotations: { 'kubernetes.io/config.mirror': 'x' }, ...by('Node', 'n1') }, true],
  ['the annotation alone', { annotations: { 'kubernetes.io/config.mirror': 'x' } }, false],
  ['a node as owner alone', by('Node', 'n1'), false],
])('%s is a mirror: %s', (_, metadata, mirror) => {
  expect(readOne(pod(metadata)).pods[0]?.mirror).toBe(mirror);
});

it('a Pod of a wrong shape is a problem with its place', () => {
  expect(readOne(pod({}, { hostPID: 'yes' })).problems).toEqual([
    {
      severity: 'error',
      position: { file: 'Pod/shop/p' },
      path: 'spec.hostPID',
      message: 'found a string, expected true or false',
    },
  ]);
});

describe('workloads without a Pod', () => {
  const spec = { containers: [{ name: 'a', image: 'a:1' }] };
  const deployment = (name: string, namespace = 'shop') => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { spec } },
  });
  const cronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'night', namespace: 'shop' },
    spec: { jobTemplate: { spec: { template: { spec } } } },
  };

  it('are those that own none', () => {
    const { pods } = readOne(pod(by('Deployment', 'web')));
    const objects = [deployment('web'), deployment('web', 'other'), deployment('asleep'), cronJob];
    const { idle, busy, problems } = readWorkloads(objects, pods);
    expect(problems).toEqual([]);
    expect(idle.map(({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`)).toEqual([
      'other/Deployment/web',
      'shop/Deployment/asleep',
      'shop/CronJob/night',
    ]);
    expect(busy.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['shop/web']);
    expect(idle[2]?.pathOf('spec.hostPID')).toBe('spec.jobTemplate.spec.template.spec.hostPID');
    expect(idle[2]?.mirror).toBe(false);
  });
});
