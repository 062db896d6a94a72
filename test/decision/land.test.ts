import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeIndex } from '../../src/cluster/node-index.ts';
import type { NodeFacts, NodeFeature, RuntimeClassFacts, Taint, Toleration } from '../../src/cluster/view.ts';
import { anyCanTake, nodesTaking } from '../../src/decision/land.ts';
import { type Scheduling, schedulingOf } from '../../src/decision/schedule.ts';
import type { PodSpec } from '../../src/pod/kube.ts';
import { plainScan } from './plain-scan.ts';

/** Few keys and values, so that they often meet; numbers, words, and a key that objects have of themselves. */
const key = fc.constantFrom('zone', 'cores', 'kubernetes.io/hostname', 'constructor');
const value = fc.constantFrom('a', 'b', '', '3', '8', '+8', '1e3', '-4', '99999999999999999999');
const name = fc.constantFrom(...Array.from({ length: 40 }, (_, i) => `n${i}`), '7', '12');
const effect = fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule');
const labels = fc.dictionary(key, value, { maxKeys: 3 });
/** Constraints are seldom, so that what is left is not always nothing. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
const mostly = fc.integer({ max: 9, min: 0 }).map(n => n > 0);

const taint: fc.Arbitrary<Taint> = fc.record({ key, effect, value }, { requiredKeys: ['key', 'effect'] });
const toleration: fc.Arbitrary<Toleration> = fc.record(
  {
    key: fc.oneof(key, fc.constant('')),
    operator: fc.constantFrom('Exists', 'Equal'),
    value,
    effect: fc.oneof(effect, fc.constant('')),
  },
  { requiredKeys: [] },
);
const tolerations = fc.array(toleration, { maxLength: 3 });

const handlers = fc.array(
  fc.record({
    name: fc.constantFrom('', 'runsc', 'kata'),
    userNamespaces: fc.boolean(),
    recursiveReadOnlyMounts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);
const node: fc.Arbitrary<NodeFacts> = fc.record({
  name,
  labels,
  taints: seldom(fc.uniqueArray(taint, { maxLength: 4, selector: one => `${one.key} ${one.effect}` }), []),
  ready: mostly,
  unschedulable: mostly.map(most => !most),
  handlers: fc.oneof(fc.constant(undefined), handlers),
});

const runtimeClass: fc.Arbitrary<RuntimeClassFacts> = fc.record({
  name: fc.constant('class'),
  handler: fc.constantFrom('runsc', 'runsc', 'kata', 'nowhere'),
  nodeSelector: seldom(fc.dictionary(key, value, { maxKeys: 2 }), {}),
  tolerations,
});

const requirement = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
  fc.record({
    key: keys,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Like'),
    values: fc.array(values, { maxLength: 3 }),
  });
const term = fc.record({
  matchExpressions: fc.array(requirement(key, value), { maxLength: 2 }),
  matchFields: fc.array(requirement(fc.constantFrom('metadata.name', 'metadata.name', 'other'), name), {
    maxLength: 1,
  }),
});
const scheduling: fc.Arbitrary<Scheduling> = fc
  .record(
    {
      nodeName: seldom<string | undefined>(name, undefined),
      nodeSelector: seldom(fc.dictionary(key, value, { maxKeys: 2 }), {}),
      tolerations,
      affinity: fc.array(term, { minLength: 1, maxLength: 2 }).map(nodeSelectorTerms => ({
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
      })),
    },
    { requiredKeys: [] },
  )
  .map(spec => schedulingOf(spec as unknown as PodSpec));

const features = seldom<NodeFeature[]>(fc.subarray(['userNamespaces', 'recursiveReadOnlyMounts']), []);
const nodes = fc.uniqueArray(node, { maxLength: 42, size: 'max', selector: one => one.name });
const classes = fc.array(runtimeClass, { maxLength: 3 });
const question = fc.tuple(scheduling, runtimeClass, features);

/** The index answers each question as the plain scan does. */
function agree(
  index: NodeIndex,
  facts: readonly NodeFacts[],
  known: readonly RuntimeClassFacts[],
  asked: readonly (readonly [Scheduling, RuntimeClassFacts, readonly NodeFeature[]])[],
): void {
  for (const [pod, one, needs] of asked) {
    expect(anyCanTake(index, pod, one, needs)).toBe(plainScan(facts, known, pod, one, needs));
  }
}

describe('the index of nodes', () => {
  it('answers as a look at every node does', () => {
    fc.assert(
      fc.property(
        nodes,
        classes,
        fc.array(question, { minLength: 1, maxLength: 10 }),
        (facts, known, asked) => agree(new NodeIndex(facts, known), facts, known, asked),
      ),
      { numRuns: 500 },
    );
  });

  it('answers so too after nodes came, changed and went, and classes changed', () => {
    const change = fc.oneof(
      { weight: 6, arbitrary: node.map(put => ({ put })) },
      { weight: 3, arbitrary: name.map(remove => ({ remove })) },
      { weight: 1, arbitrary: classes.map(known => ({ known })) },
    );
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 80, size: 'max' }),
        fc.array(question, { minLength: 1 }),
        (changes, asked) => {
          const index = new NodeIndex();
          const held = new Map<string, NodeFacts>();
          let known: readonly RuntimeClassFacts[] = [];
          for (const one of changes) {
            if ('put' in one) {
              index.put(one.put);
              held.set(one.put.name, one.put);
            } else if ('remove' in one) {
              index.remove(one.remove);
              held.delete(one.remove);
            } else {
              known = one.known;
              index.setClasses(known);
            }
          }
          agree(index, [...held.values()], known, asked);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers so where taints alone stand in the way, several on a node', () => {
    const repelling = fc.uniqueArray(
      fc.record({ key, effect: fc.constantFrom('NoSchedule', 'NoExecute'), value: fc.constantFrom('a', '') }),
      { minLength: 1, maxLength: 4, selector: one => `${one.key} ${one.effect}` },
    );
    const forKeys = fc.array(
      fc.record({ key, operator: fc.constantFrom('Exists', 'Equal'), value: fc.constantFrom('a', '') }),
      { minLength: 1, maxLength: 5 },
    );
    const plain = { name: 'class', handler: 'runsc', nodeSelector: {}, tolerations: [] };
    const runsc = [{ name: 'runsc', userNamespaces: false, recursiveReadOnlyMounts: false }];
    const bare = { labels: {}, ready: true, unschedulable: false, handlers: runsc };
    fc.assert(
      fc.property(repelling, forKeys, (taints, tolerated) => {
        const facts = [{ ...bare, name: 'a', taints }];
        const pod = { nodeSelector: {}, affinity: [], tolerations: tolerated };
        agree(new NodeIndex(facts), facts, [], [[pod, plain, []]]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a', ['2', '3']],
    ['b', ['3']],
  ])('counts taints, as the example in land.ts has it: where %s is tolerated', (key, expected) => {
    const taint = (of: string): Taint => ({ key: of, effect: 'NoSchedule' });
    const nodeOf = (name: string, ...taints: Taint[]): NodeFacts => ({
      ...{ name, taints, labels: {}, ready: true, unschedulable: false, handlers: undefined },
    });
    const index = new NodeIndex([nodeOf('1', taint('a'), taint('b')), nodeOf('2', taint('a')), nodeOf('3')]);
    const pod = schedulingOf({ tolerations: [{ key, operator: 'Exists' }] });
    const left = nodesTaking(index, pod);
    const names = ['1', '2', '3'].filter(name =>
      index.fields.get('metadata.name')?.values.get(name)?.meets(left),
    );
    expect(names).toEqual(expected);
  });

  it('answers yes and no, in these tests, often enough to say something', () => {
    const answers = fc
      .sample(fc.tuple(nodes, classes, question), { numRuns: 500, seed: 1 })
      .map(([facts, known, [pod, one, needs]]) => anyCanTake(new NodeIndex(facts, known), pod, one, needs));
    expect(answers.filter(answer => answer).length).toBeGreaterThan(50);
    expect(answers.filter(answer => !answer).length).toBeGreaterThan(50);
  });
});
