import { describe, expect, it } from 'vitest';
import { NodeIndex } from '../../src/cluster/node-index.ts';
import type { NodeFacts, RuntimeClassFacts, Toleration } from '../../src/cluster/view.ts';
import { anyCanTake } from '../../src/decision/land.ts';
import { contradiction, sameToleration, schedulingOf, withoutClass } from '../../src/decision/schedule.ts';
import type { PodSpec } from '../../src/pod/kube.ts';

const node = (more: Partial<NodeFacts> = {}): NodeFacts => ({
  name: 'node1',
  labels: { zone: 'a', cores: '8' },
  taints: [],
  ready: true,
  unschedulable: false,
  handlers: [{ name: 'runsc', userNamespaces: false, recursiveReadOnlyMounts: false }],
  ...more,
});

const plain: RuntimeClassFacts = { name: 'gvisor', handler: 'runsc', nodeSelector: {}, tolerations: [] };
const spec = (more: object): PodSpec => more as unknown as PodSpec;
const affinity = (...nodeSelectorTerms: object[]) =>
  spec({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('a Pod can land on a node', () => {
  it.each<[string, PodSpec, Partial<NodeFacts>, Partial<RuntimeClassFacts>, boolean]>([
    ['when nothing is asked', spec({}), {}, {}, true],
    ['not when it is not ready', spec({}), { ready: false }, {}, false],
    ['not when it is cordoned', spec({}), { unschedulable: true }, {}, false],
    [
      'when it is cordoned and the Pod tolerates that',
      spec({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
      { unschedulable: true },
      {},
      true,
    ],
    ['when its nodeSelector matches', spec({ nodeSelector: { zone: 'a' } }), {}, {}, true],
    ['not when its nodeSelector differs', spec({ nodeSelector: { zone: 'b' } }), {}, {}, false],
    ["not when the class's nodeSelector differs", spec({}), {}, { nodeSelector: { kata: 'true' } }, false],
    [
      'when the node is named',
      spec({ nodeName: 'node1' }),
      { taints: [{ key: 'x', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'not when the node is named, and its taint would have the kubelet refuse the Pod',
      spec({ nodeName: 'node1' }),
      { taints: [{ key: 'x', effect: 'NoExecute' }] },
      {},
      false,
    ],
    [
      'when the node is named, and that taint is tolerated',
      spec({ nodeName: 'node1', tolerations: [{ key: 'x', operator: 'Exists' }] }),
      { taints: [{ key: 'x', effect: 'NoExecute' }] },
      {},
      true,
    ],
    ['not when another node is named', spec({ nodeName: 'node2' }), {}, {}, false],
    ['not when it is tainted', spec({}), { taints: [{ key: 'x', effect: 'NoSchedule' }] }, {}, false],
    [
      'not when it is tainted NoExecute',
      spec({}),
      { taints: [{ key: 'x', effect: 'NoExecute' }] },
      {},
      false,
    ],
    [
      'when the taint only prefers',
      spec({}),
      { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] },
      {},
      true,
    ],
    [
      'when the Pod tolerates the taint by value',
      spec({ tolerations: [{ key: 'x', value: '1', effect: 'NoSchedule' }] }),
      { taints: [{ key: 'x', value: '1', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'when both have no value, in whichever way',
      spec({ tolerations: [{ key: 'x', value: null, effect: null }] }),
      { taints: [{ key: 'x', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'not when the value differs',
      spec({ tolerations: [{ key: 'x', operator: 'Equal', value: '2' }] }),
      { taints: [{ key: 'x', value: '1', effect: 'NoSchedule' }] },
      {},
      false,
    ],
    [
      'not when the effect differs',
      spec({ tolerations: [{ key: 'x', operator: 'Exists', effect: 'NoExecute' }] }),
      { taints: [{ key: 'x', effect: 'NoSchedule' }] },
      {},
      false,
    ],
    [
      'when the Pod tolerates every value of the taint',
      spec({ tolerations: [{ key: 'x', operator: 'Exists' }] }),
      { taints: [{ key: 'x', value: '1', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'not when it tolerates a value of no key, which the API server refuses',
      spec({ tolerations: [{ operator: 'Equal', value: '1' }] }),
      { taints: [{ key: 'x', value: '1', effect: 'NoSchedule' }] },
      {},
      false,
    ],
    [
      'when everything is tolerated',
      spec({ tolerations: [{ operator: 'Exists' }] }),
      { taints: [{ key: 'x', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'when the class tolerates the taint',
      spec({}),
      { taints: [{ key: 'sandbox.gke.io/runtime', value: 'gvisor', effect: 'NoSchedule' }] },
      {
        tolerations: [
          { key: 'sandbox.gke.io/runtime', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' },
        ],
      },
      true,
    ],
    ['when affinity is In', affinity(expression('zone', 'In', 'a', 'b')), {}, {}, true],
    ['not when affinity is not In', affinity(expression('zone', 'In', 'b')), {}, {}, false],
    ['when NotIn and the label is absent', affinity(expression('rack', 'NotIn', 'b')), {}, {}, true],
    ['not when NotIn lists it', affinity(expression('zone', 'NotIn', 'a')), {}, {}, false],
    ['when it Exists', affinity(expression('zone', 'Exists')), {}, {}, true],
    ['not when it must not exist', affinity(expression('zone', 'DoesNotExist')), {}, {}, false],
    ['when Gt holds', affinity(expression('cores', 'Gt', '4')), {}, {}, true],
    ['not when Gt does not', affinity(expression('cores', 'Gt', '8')), {}, {}, false],
    ['when Lt holds', affinity(expression('cores', 'Lt', '9')), {}, {}, true],
    ['not when Gt compares words', affinity(expression('zone', 'Gt', '1')), {}, {}, false],
    ['not with an operator nobody knows', affinity(expression('zone', 'Like', 'a')), {}, {}, false],
    ['nor where it might compare numbers', affinity(expression('cores', 'Like', '9')), {}, {}, false],
    [
      'when both labels and fields of a term match',
      affinity({
        ...expression('zone', 'In', 'a'),
        matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node1'] }],
      }),
      {},
      {},
      true,
    ],
    [
      'when one of several terms matches',
      affinity(expression('zone', 'In', 'b'), expression('zone', 'In', 'a')),
      {},
      {},
      true,
    ],
    [
      'when it tolerates a taint without a value by naming none',
      spec({ tolerations: [{ key: 'k', effect: 'NoSchedule' }] }),
      { taints: [{ key: 'k', effect: 'NoSchedule' }] },
      {},
      true,
    ],
    [
      'not when it tolerates another value of the taint',
      spec({ tolerations: [{ key: 'k', effect: 'NoSchedule' }] }),
      { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] },
      {},
      false,
    ],
    ['when affinity asks for no node', spec({ affinity: { podAffinity: {} } }), {}, {}, true],
    ['not with an empty term', affinity({}), {}, {}, false],
    [
      'when the field names the node, as for a DaemonSet',
      affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node1'] }] }),
      {},
      {},
      true,
    ],
    [
      'not when the field names another node',
      affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node2'] }] }),
      {},
      {},
      false,
    ],
  ])('%s', (_, podSpec, nodeMore, classMore, expected) => {
    const nodes = new NodeIndex([node(nodeMore)]);
    expect(anyCanTake(nodes, schedulingOf(podSpec), { ...plain, ...classMore })).toBe(expected);
  });
});

it('what an affinity leaves out or sets to null is empty', () => {
  const loose = affinity({
    matchExpressions: [{}, { key: null, operator: null, values: null }],
    matchFields: null,
  });
  const empty = { key: '', operator: '', values: [] };
  expect(schedulingOf(loose).affinity).toEqual([{ labels: [empty, empty], fields: [] }]);
  expect(schedulingOf(affinity({})).affinity).toEqual([{ labels: [], fields: [] }]);
  expect(schedulingOf(spec({ nodeName: '', nodeSelector: null, tolerations: null }))).toEqual({
    nodeSelector: {},
    tolerations: [],
    affinity: [],
  });
});

describe('a class', () => {
  const kata: RuntimeClassFacts = {
    ...plain,
    name: 'kata',
    nodeSelector: { 'katacontainers.io/kata-runtime': 'true' },
    tolerations: [{ key: 'kata', operator: 'Exists' }],
  };

  it('contradicts a Pod that wants another value of its label', () => {
    const scheduling = schedulingOf(spec({ nodeSelector: { 'katacontainers.io/kata-runtime': 'false' } }));
    expect(contradiction(scheduling, kata)).toBe('katacontainers.io/kata-runtime');
  });

  it('does not contradict a Pod that wants the same or nothing', () => {
    expect(contradiction(schedulingOf(spec({ nodeSelector: kata.nodeSelector })), kata)).toBeUndefined();
    expect(contradiction(schedulingOf(spec({ nodeSelector: { zone: 'a' } })), kata)).toBeUndefined();
  });

  it.each<[string, Toleration, Toleration, boolean]>([
    ['the same', { key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists' }, true],
    ['no key and an empty one', { operator: 'Exists' }, { key: '', operator: 'Exists' }, true],
    ['an empty key and none', { key: '', operator: 'Exists' }, { operator: 'Exists' }, true],
    ['another key', { key: 'a' }, { key: 'b' }, false],
    ['no operator and Equal', { key: 'a' }, { key: 'a', operator: 'Equal' }, true],
    ['Equal and no operator', { key: 'a', operator: 'Equal' }, { key: 'a' }, true],
    ['another operator', { key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Equal' }, false],
    ['no value and an empty one', { key: 'a' }, { key: 'a', value: '' }, true],
    ['an empty value and none', { key: 'a', value: '' }, { key: 'a' }, true],
    ['another value', { key: 'a', value: 'x' }, { key: 'a', value: 'y' }, false],
    ['no effect and an empty one', { key: 'a' }, { key: 'a', effect: '' }, true],
    ['an empty effect and none', { key: 'a', effect: '' }, { key: 'a' }, true],
    ['another effect', { key: 'a', effect: 'NoExecute' }, { key: 'a', effect: 'NoSchedule' }, false],
    ['as many seconds', { key: 'a', tolerationSeconds: 1 }, { key: 'a', tolerationSeconds: 1 }, true],
    ['other seconds', { key: 'a', tolerationSeconds: 1 }, { key: 'a' }, false],
  ])('finds a toleration of its own in the Pod: %s', (_, a, b, same) => {
    expect(sameToleration(a, b)).toBe(same);
    const pod = { nodeSelector: {}, affinity: [], tolerations: [a] };
    expect(withoutClass(pod, { ...plain, tolerations: [{ key: 'z' }, b] }).tolerations).toEqual(
      same ? [] : [a],
    );
  });

  it('is taken out of the scheduling again, and nothing else', () => {
    const merged = schedulingOf(
      spec({
        nodeSelector: { zone: 'a', ...kata.nodeSelector },
        tolerations: [
          { key: 'own', operator: 'Exists' },
          { key: 'kata', operator: 'Exists', value: '' },
        ],
      }),
    );
    expect(withoutClass(merged, kata)).toEqual(
      schedulingOf(spec({ nodeSelector: { zone: 'a' }, tolerations: [{ key: 'own', operator: 'Exists' }] })),
    );
  });
});
