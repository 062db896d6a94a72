import { describe, expect, it } from 'vitest';
import { guard } from '../../src/doctor/checks/guard.ts';
import { fitGuard, NOTHING_REFUSED, type Refused } from '../../src/guard/guard.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { examine, NOW, told } from './examine.ts';

const cluster = (name: string, spec: object) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name },
  spec,
});
const own = (namespace: string, spec: object, name = 'own') => ({
  ...cluster(name, spec),
  kind: 'SandboxPolicy',
  metadata: { name, namespace },
});
const rule = (name: string, expression = `object.metadata.name == '${name}'`) => ({
  name,
  expression,
  weight: 70,
});
const ruled = (...rules: object[]) => ({ scoring: { rules } });
/** One policy has so many terms in two loops that it takes more than half of the share, so two exceed it. */
const dear = (name: string) =>
  rule(name, `object.spec.containers.exists(a, a.env.exists(b, ${TERMS} || a.name == '${name}'))`);
const TERMS = Array.from({ length: 14 }, (_, i) => `b.name == 'name-${i}'`).join(' || ');

/** Bindings deny everywhere, the object is as the leader writes it. */
function examined(
  snapshot: Snapshot,
  refused: Refused = NOTHING_REFUSED,
  change: (policy: AdmissionPolicy) => object = policy => policy,
) {
  const { policy } = fitGuard(snapshot, [], NOW, { refused });
  const binding = { spec: { policyName: policy.metadata.name, validationActions: ['Deny'] } };
  const objects = { admissionPolicies: [change(policy)], admissionBindings: [binding] };
  return examine(guard, objects, undefined, snapshot);
}

const NOT_IN_STEP =
  'The guard is not what the current policies and RuntimeClasses would make it: either somebody has edited it, or a policy or a class has just changed.';

it('a namespace beyond its share is told with its size, and the rest is compared', () => {
  const large = Array.from({ length: 32 }, (_, i) =>
    own(
      'shop',
      {
        match: {
          podSelector: {
            matchExpressions: Array.from({ length: 8 }, (__, k) => ({
              key: `key-${i}-${k}`,
              operator: 'In',
              values: Array.from({ length: 4 }, (___, v) => `value-${String(v).padStart(40, '0')}`),
            })),
          },
        },
        minimumIsolation: 'vm',
      },
      `large-${i}`,
    ),
  );
  const snapshot = snapshotOf([...large, own('blog', { minimumIsolation: 'vm' })]);
  const result = examined(snapshot);
  expect(result.mark).toBe('warning');
  expect(result.remarks.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^SandboxPolicies of "shop" [(]\d{5,6} bytes[)] are not in the guard, as the share of a namespace is 32000 bytes[.] /,
    ),
  ]);
  expect(result.remarks[0]?.fix).toBe('Shorten these policies, or merge some of them.');
});

it('namespaces that the API server refused are those that the guard says, and a few are named', () => {
  const names = ['a', 'b', 'c', 'd'];
  const snapshot = snapshotOf(names.map(name => own(name, { minimumIsolation: 'vm' })));
  const result = examined(snapshot, { ...NOTHING_REFUSED, namespaces: new Set(names) });
  expect(told(result)).toEqual([
    'warning',
    expect.stringMatching(
      /^SandboxPolicies of "a" [(]\d+ bytes[)], "b" [(]\d+ bytes[)], "c" [(]\d+ bytes[)] and 1 more are not in the guard, as the API server does not accept them[.] /,
    ),
  ]);
});

it('a guard that leaves a namespace out, and does not say so, is out of step', () => {
  const snapshot = snapshotOf([own('a', { minimumIsolation: 'vm' })]);
  const refused = { ...NOTHING_REFUSED, namespaces: new Set(['a']) };
  const silent = (policy: AdmissionPolicy) => ({
    ...policy,
    metadata: { ...policy.metadata, annotations: { 'cofferdam.dev/snapshot': snapshot.version } },
  });
  expect(told(examined(snapshot, refused, silent))).toEqual(['failure', NOT_IN_STEP]);
});

it('policies of namespaces with rules depend on the webhook: a note, of three by name', () => {
  const snapshot = snapshotOf([
    cluster('all', ruled(rule('fine'))),
    ...['a', 'b', 'c', 'd', 'e'].map(name => own(name, ruled(rule('x'), rule('y')))),
  ]);
  const line = (name: string): string =>
    `SandboxPolicy "own" in "${name}" is fully enforced only while the webhook answers: the guard does not have its rules "x" and "y", as it has only the rules of cluster policies.`;
  expect(told(examined(snapshot))).toEqual([
    'note',
    ...['a', 'b', 'c'].map(line),
    '2 more policies are fully enforced only while the webhook answers, for the same reason.',
  ]);
});

it('rules that the API server refused are those that the guard lacks', () => {
  const bad = [rule('bad'), rule('worse')];
  const snapshot = snapshotOf([cluster('all', ruled(rule('good'), ...bad))]);
  const rules = new Set(bad.map(({ expression }) => expression));
  const result = examined(snapshot, { ...NOTHING_REFUSED, rules });
  expect(told(result)).toEqual([
    'warning',
    'ClusterSandboxPolicy "all" is fully enforced only while the webhook answers: the guard does not have its rules "bad" and "worse", as the API server does not compile the expression, or evaluates it differently.',
  ]);
});

it('a rule of which somebody took the text alone is a change, not a refusal', () => {
  const snapshot = snapshotOf([cluster('all', ruled(rule('good'), rule('gone')))]);
  const without = (policy: AdmissionPolicy) => ({
    ...policy,
    spec: { ...policy.spec, variables: policy.spec.variables?.filter(({ name }) => name !== 'rule1') },
  });
  expect(told(examined(snapshot, NOTHING_REFUSED, without))).toEqual(['failure', NOT_IN_STEP]);
});

it('a rule beyond the share is told apart from one that was refused, which leaves its part to those behind it', () => {
  const snapshot = snapshotOf([cluster('a', ruled(dear('one'))), cluster('b', ruled(dear('two')))]);
  const costs = snapshot.policies.flatMap(({ rules }) => rules.map(({ worstCost }) => worstCost));
  expect(costs.map(cost => cost > 500_000 && cost < 1_000_000)).toEqual([true, true]);
  expect(told(examined(snapshot))).toEqual([
    'warning',
    'ClusterSandboxPolicy "b" is fully enforced only while the webhook answers: the guard does not have its rule "two", as the rules of cluster policies could cost more than their share of what the API server lets one policy take.',
  ]);
  const rules = new Set([dear('one').expression]);
  expect(told(examined(snapshot, { ...NOTHING_REFUSED, rules }))).toEqual([
    'warning',
    'ClusterSandboxPolicy "a" is fully enforced only while the webhook answers: the guard does not have its rule "one", as the API server does not compile the expression, or evaluates it differently.',
  ]);
});

describe('exemptions and cluster policies that are not in the guard', () => {
  const exemption = (name: string) => ({
    ...cluster(name, {
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPID' }],
      ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
    }),
    kind: 'SandboxExemption',
  });

  it('are told where the API server refused an exemption, and the rest is compared', () => {
    const snapshot = snapshotOf([exemption('odd'), exemption('other')]);
    const refused = { ...NOTHING_REFUSED, exemptions: new Set(['odd']) };
    expect(told(examined(snapshot, refused))).toEqual([
      'warning',
      '1 SandboxExemption is not in the guard, as the API server does not accept it: "odd". The guard therefore denies Pods that need such an exemption.',
    ]);
    const changed = ({ spec, ...policy }: AdmissionPolicy) => ({
      ...policy,
      spec: { ...spec, validations: spec.validations.slice(1) },
    });
    expect(told(examined(snapshot, refused, changed))).toEqual(['failure', NOT_IN_STEP]);
  });

  it('are told where a policy is in it as it was written last, of which only the leader knows', () => {
    const earlier = snapshotOf([cluster('own', { minimumIsolation: 'app-kernel' })]);
    const snapshot = snapshotOf([cluster('own', { minimumIsolation: 'vm' })]);
    const written = new Map(earlier.policies.map(policy => [policy.name, policy]));
    const refused = { ...NOTHING_REFUSED, policies: new Set(['own']) };
    const { policy } = fitGuard(snapshot, [], NOW, { refused, written });
    expect(told(examined(snapshot, NOTHING_REFUSED, () => policy))).toEqual([
      'failure',
      'The API server did not accept the current version of some ClusterSandboxPolicies in the guard, which has their previous version, or nothing of those that are new: "own". The rest of the guard was not compared.',
    ]);
  });
});

it('policies that fit into no guard are told, with how many bytes they are, and of which most is', () => {
  const label = (i: number, k: number) => ({
    key: `label-${k}`,
    weights: Object.fromEntries(Array.from({ length: 8 }, (_, v) => [`value-${i}-${v}`, v])),
  });
  const many = Array.from({ length: 400 }, (_, i) =>
    cluster(`p${i}`, {
      match: { podSelector: { matchLabels: { a: 'x'.repeat(60), [`k${i}`]: 'y' } } },
      scoring: { labels: Array.from({ length: 16 }, (_, k) => label(i, k)) },
    }),
  );
  const { policy } = fitGuard(snapshotOf(), [], NOW);
  const binding = { spec: { policyName: policy.metadata.name, validationActions: ['Deny'] } };
  const objects = { admissionPolicies: [policy], admissionBindings: [binding] };
  expect(told(examine(guard, objects, undefined, snapshotOf(many)))).toEqual([
    'failure',
    expect.stringMatching(
      /^The policies and exemptions in force are too large for the guard, so an older guard is still in force: the guard would be \d+ bytes, of 900000 at most; most of it is of (ClusterSandboxPolicy p\d+ \(about \d+ bytes\)(, )?){5}[.]$/,
    ),
  ]);
});
