import { describe, expect, it } from 'vitest';
import { fitCluster, type WrittenPolicies } from '../../src/guard/cluster-share.ts';
import { fitGuard, NOTHING_REFUSED, type Refused } from '../../src/guard/guard.ts';
import type { ClusterObject } from '../../src/guard/left-out.ts';
import { GuardTooLarge } from '../../src/guard/too-large.ts';
import { isOfCluster, type Snapshot } from '../../src/policy/policy.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { object } from './support/ground.ts';
import { NOW, viewOf } from './support/guarded-world.ts';

const classes = viewOf([
  ['gvisor', 'runsc'],
  ['vm', 'kata-qemu'],
]).runtimeClasses();
const BINDING = {
  apiVersion: 'admissionregistration.k8s.io/v1' as const,
  kind: 'ValidatingAdmissionPolicyBinding' as const,
  metadata: { name: 'cofferdam-guard' },
  spec: { policyName: 'cofferdam-guard', validationActions: ['Deny'] as const },
};

const cluster = (name: string, spec: object) => object('ClusterSandboxPolicy', name, spec);
const exemption = (name: string, match: object = {}) =>
  object('SandboxExemption', name, {
    match: { namespaces: ['shop'], ...match },
    waive: [{ signal: 'hostPID' }],
    ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
  });
/** One expression of it is more than the API server parses. */
const TOO_LONG = {
  podSelector: {
    matchExpressions: Array.from({ length: 32 }, (_, i) => ({
      ...{ key: `k${i}`, operator: 'In' },
      values: Array.from({ length: 64 }, (__, k) => `${'x'.repeat(60)}${k}`.slice(0, 63)),
    })),
  },
};
const writtenOf = ({ policies }: Snapshot) =>
  new Map(policies.filter(isOfCluster).map(policy => [policy.name, policy]));

interface Options {
  readonly refused?: Partial<Refused>;
  readonly before?: readonly object[];
}
const made = (objects: readonly object[], { refused, before }: Options = {}) =>
  fitGuard(snapshotOf(objects, { balanced: true }), classes, NOW, {
    refused: { ...NOTHING_REFUSED, ...refused },
    ...(before && { written: writtenOf(snapshotOf(before, { balanced: true })) }),
  });

/** Whether the guard lets a Pod of `shop` be made. */
const asks = (objects: readonly object[], options?: Options) => {
  const guard = [{ policy: made(objects, options).policy, bindings: [BINDING] }];
  return (labels: Record<string, string>, spec: object = {}): boolean =>
    evaluatePolicies(guard, {
      ...{ operation: 'CREATE', resource: 'pods', name: 'pod', namespace: 'shop', oldObject: null },
      namespaceLabels: { 'cofferdam.dev/mode': 'enforce' },
      object: {
        metadata: { name: 'pod', namespace: 'shop', labels },
        spec: { containers: [{ name: 'a', image: 'nginx' }], ...spec },
      },
    }).allowed;
};
const HOST = { hostPID: true };

describe('an exemption that cannot be in the guard', () => {
  const odd = exemption('odd', { podSelector: { matchLabels: { team: 'odd' } } });
  const refused = { exemptions: new Set(['odd']) };

  it('is left out alone: what it waives is denied, and what others waive is not', () => {
    const objects = [odd, exemption('other', { podSelector: { matchLabels: { team: 'other' } } })];
    const [whole, without] = [asks(objects), asks(objects, { refused })];
    expect([whole({ team: 'odd' }, HOST), without({ team: 'odd' }, HOST)]).toEqual([true, false]);
    expect([whole({ team: 'other' }, HOST), without({ team: 'other' }, HOST)]).toEqual([true, true]);
    expect([without({ team: 'odd' }), made(objects, { refused }).clusterLeftOut]).toEqual([
      true,
      [{ kind: 'SandboxExemption', name: 'odd', because: 'refused' }],
    ]);
  });

  it('is left out where it alone is too large, and is told so', () => {
    const wide = exemption('wide', TOO_LONG);
    expect(made([wide, odd]).clusterLeftOut).toEqual([
      { kind: 'SandboxExemption', name: 'wide', because: 'room' },
    ]);
    expect(asks([wide, odd])({ team: 'odd' }, HOST)).toBe(true);
  });

  it('still locks the labels that it reads, as the webhook goes by it', () => {
    const keys = (options?: Options) =>
      made([odd], options).policy.spec.variables?.find(({ name }) => name === 'keysRead');
    expect(keys({ refused })).toEqual(keys());
    expect(keys()?.expression).toContain("'team'");
  });
});

describe('a cluster policy that cannot be in the guard', () => {
  const vm = cluster('own', {
    match: { podSelector: { matchLabels: { tier: 'db' } } },
    minimumIsolation: 'vm',
  });
  const other = (isolation: string) =>
    cluster('other', {
      match: { podSelector: { matchLabels: { tier: 'web' } } },
      minimumIsolation: isolation,
    });
  const tooLong = cluster('own', { match: TOO_LONG, minimumIsolation: 'vm' });

  it.each<[string, object, Partial<Refused>, 'room' | 'refused']>([
    ['it is too large', tooLong, {}, 'room'],
    [
      'the API server does not take it',
      cluster('own', { minimumIsolation: 'host-kernel' }),
      { policies: new Set(['own']) },
      'refused',
    ],
  ])(
    'stays as it was written last, and all others are as they are now, where %s',
    (_, own, refused, because) => {
      const objects = [own, other('vm'), exemption('e')];
      const options = { refused, before: [vm, other('app-kernel'), exemption('gone')] };
      expect(made(objects, options).clusterLeftOut).toEqual([
        { kind: 'ClusterSandboxPolicy', name: 'own', because, hasEarlier: true },
      ]);
      const admits = asks(objects, options);
      expect([admits({ tier: 'db' }), admits({ tier: 'db' }, { runtimeClassName: 'vm' })]).toEqual([
        false,
        true,
      ]);
      expect([
        admits({ tier: 'web' }, { runtimeClassName: 'gvisor' }),
        admits({ tier: 'web' }, { runtimeClassName: 'vm' }),
      ]).toEqual([false, true]);
      expect([admits({}), admits({}, HOST)]).toEqual([true, true]);
    },
  );

  it('is not in it at all where it is new, so that the guard is what it was', () => {
    const { clusterLeftOut, ofCluster } = made([tooLong, other('vm')], { before: [other('vm')] });
    expect(clusterLeftOut).toEqual([
      { kind: 'ClusterSandboxPolicy', name: 'own', because: 'room', hasEarlier: false },
    ]);
    expect(ofCluster.map(({ name }) => name)).toEqual(['balanced', 'other'].sort());
  });

  it('takes the place of no exemption', () => {
    const { clusterLeftOut } = made([tooLong, exemption('e')], { before: [vm] });
    expect(clusterLeftOut.map(({ name }) => name)).toEqual(['own']);
  });

  it('leaves no guard to be made where nobody knows what was written last, which might be stricter', () => {
    expect(() => made([tooLong])).toThrow(GuardTooLarge);
    // No guard can be made either where the last version is too large by itself.
    expect(() => made([tooLong], { before: [tooLong] })).toThrow(GuardTooLarge);
  });
});

describe('what is left out where all of it together is too large', () => {
  const MOST = 1000;
  const sized = (sizes: Readonly<Record<string, number>>) => new Map(Object.entries(sizes));
  /** Makes nothing, and is too large where what it is to be made of takes more than MOST. */
  const fitted = (
    objects: readonly object[],
    sizes: ReadonlyMap<string, number>,
    { before, known = sizes }: { before?: readonly object[]; known?: ReadonlyMap<string, number> } = {},
  ) => {
    let looks = 0;
    const make = ({ policies, exemptions }: Snapshot) => {
      looks++;
      const sum = (of: ReadonlyMap<string, number>) =>
        [...policies, ...exemptions].reduce((all, { name }) => all + (of.get(name) ?? 0), 0);
      const partOf = (kind: ClusterObject['kind']) => (one: { readonly name: string }) => ({
        ...{ kind, name: one.name, bytes: known.get(one.name) ?? 0 },
      });
      const parts = [
        ...policies.map(partOf('ClusterSandboxPolicy')),
        ...exemptions.map(partOf('SandboxExemption')),
      ];
      if (sum(sizes) > MOST) throw new GuardTooLarge('too large', [sum(sizes), MOST], parts);
      return sum(sizes);
    };
    const written = before && writtenOf(snapshotOf(before));
    const { leftOut } = fitCluster(snapshotOf(objects), NOTHING_REFUSED, written, make);
    return { names: leftOut.map(({ name }) => name), looks };
  };
  const plain = (name: string) => cluster(name, { minimumIsolation: 'vm' });

  it('is the largest exemption, as long as that is enough, however large policies are', () => {
    const sizes = sized({ p: 900, a: 30, b: 50, c: 40 });
    const objects = [plain('p'), ...['a', 'b', 'c'].map(name => exemption(name))];
    expect(fitted(objects, sizes).names).toEqual(['b']);
    expect(fitted(objects, sizes, { before: [plain('p')] }).names).toEqual(['b']);
  });

  it('is as many as take what is too much, of two as large the first by name', () => {
    const sizes = sized({ a: 300, b: 300, c: 300, d: 300, e: 300, f: 100 });
    const objects = [...sizes.keys()].map(name => exemption(name));
    expect(fitted(objects, sizes).names.sort()).toEqual(['a', 'b']);
    expect(fitted(objects.toReversed(), sizes).names.sort()).toEqual(['a', 'b']);
  });

  it('takes few looks, also where each takes something else than is known of it', () => {
    const names = Array.from({ length: 128 }, (_, i) => `e${i}`);
    const sizes = new Map(names.map(name => [name, 100]));
    const known = new Map(names.map((name, i) => [name, 2 ** i]));
    const { names: out, looks } = fitted(
      names.map(name => exemption(name)),
      sizes,
      { known },
    );
    expect(out.length).toBeGreaterThanOrEqual(118);
    expect(looks).toBeLessThan(12);
  });

  it('is the policy that has grown most, not the largest', () => {
    const large = cluster('large', { minimumIsolation: 'vm', match: TOO_LONG });
    const objects = [large, plain('grown'), plain('new')];
    const sizes = sized({ large: 700, grown: 250, new: 200 });
    // The real policy has more bytes than this test says, so it has not grown.
    expect(fitted(objects, sizes, { before: [large] }).names).toEqual(['grown']);
  });

  it('is no policy twice: where its last version is too large as well, there is no guard', () => {
    const sizes = sized({ p: 1200, q: 10 });
    const objects = [plain('p'), plain('q')];
    expect(() => fitted(objects, sizes, { before: objects })).toThrow(GuardTooLarge);
  });

  it('is nothing where it is no question of size: an error is passed on', () => {
    const make = () => {
      throw new RangeError('of another kind');
    };
    for (const written of [undefined, new Map()])
      expect(() => fitCluster(snapshotOf([exemption('e')]), NOTHING_REFUSED, written, make)).toThrow(
        RangeError,
      );
  });

  it('is no policy that the API server refused, where nobody knows what stood in for it', () => {
    const objects = [plain('p'), plain('q')];
    const refused = { ...NOTHING_REFUSED, policies: new Set(['p']) };
    const outcome = (written?: WrittenPolicies, more: readonly object[] = []) =>
      fitCluster(snapshotOf([...objects, ...more], { balanced: false }), refused, written, ({ policies }) =>
        policies.map(({ name, namespace }) => `${name} of ${namespace ?? 'the cluster'}`).sort(),
      );
    expect(outcome()).toMatchObject({ made: ['p of the cluster', 'q of the cluster'], leftOut: [] });
    const leftOut = [{ kind: 'ClusterSandboxPolicy', name: 'p', because: 'refused', hasEarlier: false }];
    expect(outcome(new Map())).toMatchObject({ made: ['q of the cluster'], leftOut });
    // A namespaced policy of the same name is no earlier version of it.
    expect(outcome(new Map(), [object('SandboxPolicy', 'p', {}, 'shop')])).toMatchObject({
      ...{ made: ['p of shop', 'q of the cluster'], leftOut },
    });
  });
});
