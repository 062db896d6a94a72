import { describe, expect, it } from 'vitest';
import { bindingsCoverLabels, guardBindings } from '../../src/guard/binding.ts';
import { frontCel, hasFront } from '../../src/guard/front.ts';
import { fitGuard } from '../../src/guard/guard.ts';
import type { AdmissionBinding } from '../../src/guard/object.ts';
import { filledTo } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import {
  clusterPolicy,
  container,
  ground,
  LABELLED,
  object,
  privileged,
  requiredBy,
  type Tweak,
} from './support/ground.ts';
import { guardObjects } from './support/guard-objects.ts';
import { NOW, SHOP, viewOf } from './support/guarded-world.ts';

const FRONT = 'may-have-to-be-judged';
const RISK = 'cofferdam.dev/risk';
const MINIMUM = 'cofferdam.dev/minimum-isolation';

/** Which of the two policies look at a Pod that is created. */
function judging(
  tweak: Tweak & { readonly name?: string },
  objects: readonly object[] = [],
  labels: object = {},
  more: object = {},
) {
  const { spec, ...metadata } = tweak;
  const guard = guardObjects(snapshotOf(objects), viewOf([['gvisor', 'runsc']]).runtimeClasses(), NOW);
  return evaluatePolicies(guard, {
    ...{ operation: 'CREATE', resource: 'pods', name: 'pod', namespace: SHOP },
    namespaceLabels: { 'cofferdam.dev/mode': 'enforce', ...labels },
    object: {
      metadata: { name: 'pod', namespace: SHOP, ...metadata },
      spec: { containers: [container()], ...spec },
    },
    ...more,
  }).evaluated;
}
const GUARD = 'cofferdam-guard';
const OF_LABELS = 'cofferdam-guard-labels';

describe('a Pod that is created', () => {
  it('is passed over where nothing is found and no label asks for anything', () => {
    expect(judging({})).toEqual([]);
    expect(
      judging({ labels: { app: 'web' }, annotations: { a: 'b' }, spec: { runtimeClassName: 'gvisor' } }),
    ).toEqual([]);
  });

  it.each<[string, Tweak, object?]>([
    ['has a finding', { spec: { hostNetwork: true } }],
    ['has a finding in a container', { spec: { containers: [container(), privileged('b')] } }],
    ['has a finding in an init container', { spec: { initContainers: [privileged('b')] } }],
    ['has a finding in a volume', { spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }] } }],
    [
      'has an annotation that weakens a sandbox',
      { annotations: { 'io.katacontainers.config.hypervisor.path': 'x' } },
    ],
    ['has a label that a policy reads', { labels: { [RISK]: 'low' } }],
  ])('is judged where it %s', (_, tweak) => {
    expect(judging(tweak)).toEqual([GUARD]);
  });

  it('is judged where it is out of bounds, whatever is found', () => {
    const { metadata, spec } = filledTo('annotations', 251) as { metadata: Tweak; spec: object };
    expect(judging({ ...metadata, spec })).toEqual([GUARD]);
    const many = Array.from({ length: 251 }, (_, i) => container({}, `c${i}`));
    expect(judging({ spec: { containers: many } })).toEqual([GUARD]);
  });

  it('is judged by labels where its namespace has one that asks for something', () => {
    expect(judging({}, [], { [RISK]: 'high' })).toEqual([OF_LABELS]);
    expect(judging({}, [], { [MINIMUM]: 'vm' })).toEqual([OF_LABELS]);
    expect(judging({ spec: { hostPID: true } }, [], { [RISK]: 'high' })).toEqual([OF_LABELS, GUARD]);
  });

  it('is judged where its namespace has policies of its own, and elsewhere passed over', () => {
    const own = object('SandboxPolicy', 'own', { minimumIsolation: 'vm' }, SHOP);
    expect(judging({}, [own])).toEqual([GUARD]);
    expect(judging({}, [own], {}, { namespace: 'other' })).toEqual([]);
  });

  it('is judged where a cluster policy asks something of any Pod, has rules, or reads other labels of namespaces', () => {
    expect(judging({}, [clusterPolicy({ minimumIsolation: 'app-kernel' })])).toEqual([GUARD]);
    expect(
      judging({}, [
        clusterPolicy({ match: { namespaceSelector: { matchLabels: { a: 'b' } } }, minimumIsolation: 'vm' }),
      ]),
    ).toEqual([GUARD]);
    const rules = [{ name: 'r', expression: 'object.spec.containers.size() > 3', weight: 1 }];
    expect(judging({}, [clusterPolicy({ scoring: { rules } })])).toEqual([GUARD]);
    const labels = [{ key: 'example.com/tier', weights: { gold: 90 } }];
    expect(judging({}, [clusterPolicy({ scoring: { labels } })])).toEqual([GUARD]);
    // One of those that the guard of labels is bound by stands beside it.
    const both = [{ key: RISK, weights: { low: 90 } }, ...labels];
    expect(judging({}, [clusterPolicy({ scoring: { labels: both } })])).toEqual([GUARD]);
    expect(
      judging({}, [clusterPolicy({ scoring: { labels: [{ key: RISK, weights: { low: 90 } }] } })]),
    ).toEqual([]);
    // A score of nothing is enough for this tier.
    const tiers = [{ atLeast: 0, isolation: 'app-kernel' }];
    expect(judging({}, [clusterPolicy({ tiers })])).toEqual([GUARD]);
  });

  it('is judged by a label that only the policy reads which is in force where no other is', () => {
    const bare = frontCel(snapshotOf([], { balanced: false }));
    expect(bare?.expression).toContain(`'${RISK}' in object.metadata`);
  });

  it('is judged where more namespaces have policies than the condition names', () => {
    const own = (count: number) =>
      Array.from({ length: count }, (_, i) => object('SandboxPolicy', 'own', {}, `ns-${i}`));
    expect(judging({}, own(200))).toEqual([]);
    expect(judging({}, own(201))).toEqual([GUARD]);
  });

  it('is looked at by a condition that is the same in whatever order the policies come, and names no namespace for nothing', () => {
    const own = ['b', 'c', 'a'].map(namespace => object('SandboxPolicy', 'own', {}, namespace));
    const textOf = (objects: readonly object[]) => frontCel(snapshotOf(objects))?.expression;
    expect(textOf(own)).toContain("request.namespace in ['a', 'b', 'c']");
    expect(textOf([])).not.toContain('request.namespace in');
  });
});

it('an update, a status and a Binding are looked at as before', () => {
  const before = { metadata: { name: 'pod', namespace: SHOP }, spec: { containers: [container()] } };
  const after = { ...before, metadata: { ...before.metadata, annotations: { a: 'b' } } };
  const update = { operation: 'UPDATE', oldObject: before, object: after };
  expect(judging({}, [], {}, update)).toEqual([GUARD]);
  expect(judging({}, [], {}, { ...update, subResource: 'status' })).toEqual([GUARD]);
  expect(judging({}, [], {}, { subResource: 'binding' })).toEqual([GUARD]);
  expect(judging({}, [], {}, { resource: 'bindings' })).toEqual([GUARD]);
});

describe('the guard of labels', () => {
  it.each<[object, string | undefined]>([
    [{ [RISK]: 'high' }, 'app-kernel'],
    [{ [RISK]: 'critical' }, 'vm'],
    [{ [RISK]: 'nobody-knows' }, 'vm'],
    [{ [RISK]: 'low' }, undefined],
    [{ [MINIMUM]: 'vm' }, 'vm'],
    [{ [MINIMUM]: 'misspelt' }, 'confidential-vm'],
    [{ [MINIMUM]: 'app-kernel', [RISK]: 'critical' }, 'vm'],
  ])('asks by %j for %s', (labels, needed) => {
    const { create } = ground([], { labels: labels as Record<string, string> });
    expect(requiredBy(create({}))).toBe(needed && `${needed}: ${LABELLED}`);
    expect(create({ spec: { runtimeClassName: 'vm' } })).toEqual(
      needed === 'confidential-vm' ? [expect.stringContaining('has vm')] : [],
    );
  });

  it('says which class would do', () => {
    const { create } = ground([], { labels: { [RISK]: 'high' } });
    expect(create({})[0]).toContain('set spec.runtimeClassName to gvisor or vm.');
    expect(create({ spec: { runtimeClassName: 'liar' } })[0]).toContain(
      'Set spec.runtimeClassName to gvisor or vm.',
    );
  });

  it('knows mirror Pods, and is not asked about updates', () => {
    const { creation } = ground([], { labels: { [RISK]: 'high' } });
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
    const node = { userInfo: { username: 'system:node:a', groups: ['system:nodes'] } };
    expect(creation(mirror, node).allowed).toBe(true);
    expect(creation(mirror).allowed).toBe(false);
    const more = { operation: 'UPDATE', oldObject: { metadata: {}, spec: {} } } as const;
    expect(creation({}, more).allowed).toBe(true);
  });
});

it('stands in front only where the guard of labels is beside it', () => {
  const made = (besideLabels: boolean) => fitGuard(snapshotOf(), [], NOW, { besideLabels }).policy.spec;
  expect(hasFront(made(true).matchConditions)).toBe(true);
  expect(hasFront(made(false).matchConditions)).toBe(false);
  expect(hasFront(undefined)).toBe(false);
  expect(made(true).matchConditions?.at(-1)).toEqual(frontCel(snapshotOf()));
  expect(frontCel(snapshotOf())?.name).toBe(FRONT);
});

describe('the bindings of the guard of labels', () => {
  const all = guardBindings();
  const changed = (name: string, spec: object): readonly AdmissionBinding[] =>
    all.map(one => (one.metadata.name.endsWith(name) ? { ...one, spec: { ...one.spec, ...spec } } : one));

  it('cover what the guard is bound to', () => {
    expect(bindingsCoverLabels(all)).toBe(true);
    expect(bindingsCoverLabels(guardBindings({ defaultMode: 'enforce', excludedNamespaces: [] }))).toBe(true);
    // The API server fills this in.
    const matchPolicy = 'Equivalent';
    const filled = all.map(({ spec, ...one }) => ({
      ...one,
      spec: { ...spec, matchResources: { matchPolicy, objectSelector: {}, ...spec.matchResources } },
    }));
    expect(bindingsCoverLabels(filled as unknown as readonly AdmissionBinding[])).toBe(true);
  });

  it.each<[string, readonly AdmissionBinding[]]>([
    ['one of them is gone', all.slice(1)],
    ['the other is gone', all.filter((_, i) => i !== 1)],
    [
      'one leaves out more namespaces',
      changed('labels-risk', { matchResources: { namespaceSelector: { matchExpressions: [] } } }),
    ],
    ['one only warns', changed('labels-risk', { validationActions: ['Warn'] })],
    ['one is for another policy', changed('labels-risk', { policyName: 'other' })],
    ['one wants parameters', changed('labels-risk', { paramRef: { name: 'x' } })],
    ['the guard is bound to every namespace', changed(GUARD, { matchResources: undefined })],
  ])('do not where %s', (_, some) => {
    expect(bindingsCoverLabels(some)).toBe(false);
  });
});
