import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitGuard, MAX_BYTES } from '../../src/guard/guard.ts';
import { labelScorings } from '../../src/guard/labels.ts';
import { bytesOf, leaveOut, NAMESPACE_SHARE_BYTES } from '../../src/guard/share.ts';
import type { CompiledPolicy } from '../../src/policy/policy.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { object } from './support/ground.ts';
import { NOW, viewOf } from './support/guarded-world.ts';

const classes = viewOf([
  ['gvisor', 'runsc'],
  ['vm', 'kata-qemu'],
]).runtimeClasses();
const made = (objects: readonly object[]) => fitGuard(snapshotOf(objects, { balanced: true }), classes, NOW);
const sizeOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** A policy that takes a VM from Pods with the label. */
const own = (namespace: string, name = 'own', more: object = {}) =>
  object(
    'SandboxPolicy',
    name,
    {
      minimumIsolation: 'vm',
      match: {
        podSelector: {
          matchExpressions: [{ key: 'tier', operator: 'In', values: ['db', ...pad(namespace)] }],
        },
      },
      ...more,
    },
    namespace,
  );
/** Some 1.2 kB of values. */
const pad = (namespace: string): string[] =>
  Array.from({ length: 24 }, (_, i) => `${namespace}-${'x'.repeat(40)}-${i}`);
const hoard = (namespace: string, count: number) =>
  Array.from({ length: count }, (_, i) => own(namespace, `p${i}`));

const ask = (objects: readonly object[]) => {
  const guard = [{ policy: made(objects).policy, bindings: [binding] }];
  return (namespace: string, labels: Record<string, string> = {}, runtimeClassName?: string): boolean =>
    evaluatePolicies(guard, {
      ...{ operation: 'CREATE', resource: 'pods', name: 'pod', namespace, oldObject: null },
      namespaceLabels: { 'cofferdam.dev/mode': 'enforce' },
      object: {
        metadata: { name: 'pod', namespace, labels },
        spec: { containers: [{ name: 'a', image: 'nginx' }], ...(runtimeClassName && { runtimeClassName }) },
      },
    }).allowed;
};
const binding = {
  apiVersion: 'admissionregistration.k8s.io/v1' as const,
  kind: 'ValidatingAdmissionPolicyBinding' as const,
  metadata: { name: 'cofferdam-guard' },
  spec: { policyName: 'cofferdam-guard', validationActions: ['Deny'] as const },
};

describe('a namespace with more policies than its share', () => {
  const keyed = own('greedy', 'keyed', { match: { podSelector: { matchLabels: { 'key-of-greedy': 'a' } } } });
  const objects = [...hoard('greedy', 40), keyed, own('modest')];
  const { leftOut, policy } = made(objects);

  it('is left out alone', () => {
    expect([...leftOut.keys()]).toEqual(['greedy']);
    expect(leftOut.get('greedy')).toMatchObject({ because: 'share', most: 2 });
    expect(leftOut.get('greedy')?.bytes).toBeGreaterThan(NAMESPACE_SHARE_BYTES);
    expect(JSON.stringify(policy)).not.toMatch(/greedy-xxx|key-of-greedy/);
  });

  it('fails closed in itself: each Pod there needs the most that its policies ask for', () => {
    const admits = ask(objects);
    expect([admits('greedy'), admits('greedy', {}, 'gvisor'), admits('greedy', {}, 'vm')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('goes by the strictest of its policies, in whatever order they come', () => {
    const weaker = { minimumIsolation: 'app-kernel', tiers: [{ atLeast: 50, isolation: 'app-kernel' }] };
    const lax = own('greedy', 'lax', weaker);
    for (const mixed of [
      [lax, ...hoard('greedy', 40)],
      [...hoard('greedy', 40), lax],
    ])
      expect(made(mixed).leftOut.get('greedy')).toMatchObject({ because: 'share', most: 2 });
  });

  it('changes nothing for others', () => {
    const admits = ask(objects);
    expect([
      admits('modest'),
      admits('modest', { tier: 'db' }),
      admits('modest', { tier: 'db' }, 'vm'),
    ]).toEqual([true, false, true]);
    expect(admits('elsewhere', { tier: 'db' })).toBe(true);
  });

  it('has all labels locked in writes of a status, as nobody can say which its policies read', () => {
    const guard = [{ policy, bindings: [binding] }];
    const write = (namespace: string, labels: Record<string, string>): boolean =>
      evaluatePolicies(guard, {
        ...{ operation: 'UPDATE', resource: 'pods', subResource: 'status', name: 'pod', namespace },
        namespaceLabels: { 'cofferdam.dev/mode': 'enforce' },
        object: { metadata: { name: 'pod', namespace, labels }, spec: { containers: [] } },
        oldObject: { metadata: { name: 'pod', namespace }, spec: { containers: [] } },
      }).allowed;
    expect([
      write('greedy', { any: 'x' }),
      write('modest', { any: 'x' }),
      write('modest', { tier: 'x' }),
    ]).toEqual([false, true, false]);
    // The API server itself sets it (KEP-4742), and another namespace's policies lock nothing.
    expect([
      write('greedy', { 'topology.kubernetes.io/zone': 'a' }),
      write('elsewhere', { tier: 'x' }),
    ]).toEqual([true, true]);
  });
});

describe('where all namespaces together have more than there is room for', () => {
  const crowd = Array.from({ length: 90 }, (_, i) => hoard(`n${i}`, 3 + (i % 8))).flat();
  const { leftOut, policy } = made(crowd);

  it('the largest are left out, and what is left fits', () => {
    expect(sizeOf(policy)).toBeLessThanOrEqual(MAX_BYTES);
    expect(sizeOf(policy)).toBeGreaterThan(0.85 * MAX_BYTES);
    expect([...leftOut.values()].every(({ because }) => because === 'room')).toBe(true);
    const kept = Array.from({ length: 90 }, (_, i) => i).filter(i => !leftOut.has(`n${i}`));
    const most = Math.max(...kept.map(i => i % 8));
    const least = Math.min(...[...leftOut.keys()].map(name => Number(name.slice(1)) % 8));
    expect(least).toBeGreaterThanOrEqual(most);
  });

  it('no more than has to be, though it may take more than one look', () => {
    // Each takes some bytes more than it is thought to, so that what the first look keeps does not fit.
    const alike = Array.from({ length: 400 }, (_, i) => own(`n${i}`));
    const { leftOut, policy } = made(alike);
    const [one] = leftOut.values();
    expect(sizeOf(policy)).toBeLessThanOrEqual(MAX_BYTES);
    expect(sizeOf(policy)).toBeGreaterThan(MAX_BYTES - 2 * (one?.bytes ?? 0));
  });

  it('exemptions come before policies of namespaces', () => {
    const exemptions = Array.from({ length: 200 }, (_, i) =>
      object('SandboxExemption', `e${i}`, {
        match: { namespaces: [`n${i}`], images: [`ghcr.io/acme/agent-${i}`] },
        waive: [{ signal: 'hostPath', values: [`/srv/${'y'.repeat(200)}/${i}`] }],
        ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
      }),
    );
    const more = made([...crowd, ...exemptions]);
    expect(JSON.stringify(more.policy)).toContain('agent-199');
    expect(more.leftOut.size).toBeGreaterThan(leftOut.size);
    expect(sizeOf(more.policy)).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('is the same, whatever the order of the policies', () => {
    expect(made(crowd.toReversed()).policy).toEqual(policy);
  });

  it('the guard is refused where not even the names of those that are left out fit, and nobody else is blamed', () => {
    const plain = Array.from({ length: 16_000 }, (_, i) =>
      object('SandboxPolicy', 'p', {}, `${i}`.padStart(63, 'n')),
    );
    expect(() => made(plain)).toThrow(
      expect.objectContaining({
        name: 'GuardTooLarge',
        message: expect.stringMatching(/^the guard would be 1\d{6} bytes, of 1000000 at most$/),
        largest: [],
      }),
    );
  });
});

describe('what is left out', () => {
  const plain = (namespace: string, name = 'p') => object('SandboxPolicy', name, {}, namespace);
  const { policies } = snapshotOf([plain('b'), plain('a'), plain('c'), plain('c', 'q')]);
  const outOf = (room: number, ...refused: string[]) =>
    leaveOut(policies, labelScorings([]), room, new Set(refused));
  const takes = (namespace: string): number => outOf(0).get(namespace)?.bytes ?? 0;

  it('is every namespace where there is no room, with what it would take', () => {
    expect([...outOf(0).keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(outOf(0).get('a')).toEqual({ most: 2, because: 'room', bytes: takes('b') });
    expect(takes('c')).toBe(2 * takes('a'));
  });

  it('is what the API server refused, which leaves its room to the others, but for its name', () => {
    expect([...outOf(Number.POSITIVE_INFINITY)]).toEqual([]);
    // The name itself, and what stands around it.
    const room = takes('b') + takes('c') + 'a'.length + 12;
    expect([...outOf(room, 'a')]).toEqual([['a', { most: 2, because: 'refused', bytes: takes('a') }]]);
    expect([...outOf(room - 1, 'a').keys()]).toEqual(['a', 'c']);
  });

  it('stays where room is exactly what it takes, the first by name of two that take as much', () => {
    expect([...outOf(takes('a')).keys()]).toEqual(['b', 'c']);
    expect([...outOf(2 * takes('a')).keys()]).toEqual(['c']);
    expect([...outOf(4 * takes('a')).keys()]).toEqual([]);
    expect([...outOf(4 * takes('a') - 1).keys()]).toEqual(['c']);
  });
});

describe('what a policy takes in the guard', () => {
  const selecting = (expression: object) => ({
    match: { podSelector: { matchExpressions: [{ key: 'k', operator: 'Exists', ...expression }] } },
  });
  const scoring = (key: string, value: string) => ({
    scoring: { labels: [{ key, weights: { [value]: 1 } }] },
  });
  const ruling = (name: string) => ({
    scoring: { rules: [{ name: 'r', expression: `object.metadata.name == '${name}'`, weight: 10 }] },
  });

  it.each<[string, (more: string) => [kind: string, spec: object, namespace?: string]]>([
    ['the name of its namespace', more => ['SandboxPolicy', scoring('k', 'v'), `shop${more}`]],
    ['a key that it selects by', more => ['SandboxPolicy', selecting({ key: `k${more}` }), 'shop']],
    [
      'a value that it selects',
      more => ['SandboxPolicy', selecting({ operator: 'In', values: [`v${more}`] }), 'shop'],
    ],
    ['a key that it scores', more => ['SandboxPolicy', scoring(`k${more}`, 'v'), 'shop']],
    ['a value that it scores', more => ['SandboxPolicy', scoring('k', `v${more}`), 'shop']],
    ['a key that it scores in all namespaces', more => ['ClusterSandboxPolicy', scoring(`k${more}`, 'v')]],
    ['a rule', more => ['ClusterSandboxPolicy', ruling(`n${more}`)]],
  ])('is counted as no less than it is, nor as much more: %s', (_, given) => {
    const [short, long] = ['', 'x'.repeat(40)].map(more => {
      const [kind, spec, namespace] = given(more);
      const { policies } = snapshotOf([object(kind, 'own', spec, namespace)], { balanced: true });
      const own = policies.find(({ name }) => name === 'own') as CompiledPolicy;
      const { policy } = made([object(kind, 'own', spec, namespace)]);
      return { counted: bytesOf(own, labelScorings(policies)), real: sizeOf(policy) };
    });
    const grown = (of: 'counted' | 'real'): number => (long?.[of] ?? 0) - (short?.[of] ?? 0);
    expect(grown('real')).toBeGreaterThanOrEqual(40);
    expect(grown('counted')).toBeGreaterThanOrEqual(grown('real'));
    expect(grown('counted')).toBeLessThanOrEqual(2 * grown('real'));
  });
});

it('one policy as large as the schema lets it be stays within the share', () => {
  const values = Array.from({ length: 32 }, (_, i) => `v${i}`.padEnd(63, 'x'));
  const weights = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`w${i}`.padEnd(63, 'x'), i]));
  const labels = Array.from({ length: 4 }, (_, i) => ({
    key: `k${i}.example.com/${'x'.repeat(60)}`,
    weights,
  }));
  const large = own('own', 'own', {
    match: { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values }] } },
    scoring: { labels },
  });
  expect(made([large]).leftOut.size).toBe(0);
});

it('eighty plain policies of one namespace stay within the share', () => {
  const plain = Array.from({ length: 80 }, (_, i) => object('SandboxPolicy', `p${i}`, {}, 'team-payments'));
  expect(made(plain).leftOut.size).toBe(0);
});

describe('namespaces that fill the guard, each within its share', () => {
  const long = (i: number, k: number) => `${`k${i}-${k}`.padEnd(60, 'x')}.example.com/${'y'.repeat(50)}`;
  const reading = (namespace: string, name: string, keys: readonly string[]) => ({
    ...own(namespace, name, {
      match: { podSelector: { matchExpressions: keys.map(key => ({ key, operator: 'Exists' })) } },
    }),
  });
  const keysOf = (i: number) => Array.from({ length: 8 }, (_, k) => long(i, k));

  it.each([
    ['with many long keys each', 12, 8],
    ['with some', 25, 5],
  ])('keep no other out of it: %i namespaces %s', (_, namespaces, each) => {
    const objects = Array.from({ length: namespaces }, (__, n) =>
      Array.from({ length: each }, (___, p) => reading(`n${n}`, `p${p}`, keysOf(100 * n + p))),
    ).flat();
    const { leftOut } = made(objects);
    expect([...leftOut]).toEqual([]);
  });

  it.each([
    ['one label each', 2000, (i: number) => `team-${i}`],
    ['long names', 1500, (i: number) => `namespace-with-a-long-name-${i}`],
  ])('keep no other out of it: %s', (_, count, nameOf) => {
    const objects = Array.from({ length: count }, (__, i) =>
      reading(nameOf(i), 'own', ['app.kubernetes.io/part-of']),
    );
    expect([...made(objects).leftOut]).toEqual([]);
  });

  it('are left out, each, where they have more than it: as many as there are', () => {
    const crowd = Array.from({ length: 60 }, (_, i) => hoard(`greedy-${i}`, 28)).flat();
    const { policy, leftOut } = made([...crowd, own('modest')]);
    expect(leftOut.size).toBe(60);
    expect(JSON.stringify(policy)).toContain('modest');
  });

  it('are judged each by their own policies', () => {
    const objects = Array.from({ length: 300 }, (_, i) =>
      reading(`n${i}`, 'own', [`example.com/key-of-${i}`]),
    );
    const guard = [{ policy: made(objects).policy, bindings: [binding] }];
    const write = (namespace: string, key: string): boolean =>
      evaluatePolicies(guard, {
        ...{ operation: 'UPDATE', resource: 'pods', subResource: 'status', name: 'pod', namespace },
        namespaceLabels: { 'cofferdam.dev/mode': 'enforce' },
        object: { metadata: { name: 'pod', namespace, labels: { [key]: 'x' } }, spec: { containers: [] } },
        oldObject: { metadata: { name: 'pod', namespace }, spec: { containers: [] } },
      }).allowed;
    for (const i of [0, 1, 150, 298, 299]) {
      expect(write(`n${i}`, `example.com/key-of-${i}`)).toBe(false);
      expect(write(`n${i}`, `example.com/key-of-${(i + 1) % 300}`)).toBe(true);
    }
  });
});

it('whatever fits into a share fits into the guard, or is left out of it', () => {
  const policy = fc.record({
    keys: fc.integer({ min: 0, max: 8 }),
    values: fc.integer({ min: 1, max: 32 }),
    width: fc.integer({ min: 1, max: 63 }),
    weights: fc.integer({ min: 0, max: 8 }),
  });
  const shape = fc.record({
    namespaces: fc.integer({ min: 1, max: 150 }),
    each: fc.integer({ min: 1, max: 8 }),
    width: fc.integer({ min: 8, max: 63 }),
    policy,
  });
  const objectsOf = ({
    namespaces,
    each,
    width,
    policy: one,
  }: typeof shape extends fc.Arbitrary<infer T> ? T : never) =>
    Array.from({ length: namespaces }, (_, n) =>
      Array.from({ length: each }, (__, p) =>
        object(
          'SandboxPolicy',
          `p${p}`,
          {
            match: {
              podSelector: {
                matchExpressions: Array.from({ length: one.keys }, (___, k) => ({
                  key: `k${n}-${p}-${k}`.padEnd(one.width, 'x'),
                  operator: 'In',
                  values: Array.from({ length: Math.ceil(one.values / 8) }, (____, v) =>
                    `v${v}`.padEnd(one.width, 'x'),
                  ),
                })),
              },
            },
            scoring: {
              labels: [
                {
                  key: `l${n}-${p}`.padEnd(one.width, 'x'),
                  weights: Object.fromEntries(
                    Array.from({ length: one.weights }, (___, w) => [`w${w}`.padEnd(one.width, 'x'), w]),
                  ),
                },
              ].filter(() => one.weights > 0),
            },
          },
          `n${n}-`.padEnd(width, 'n'),
        ),
      ),
    ).flat();
  fc.assert(
    fc.property(shape, drawn => {
      const { policy: guard } = made(objectsOf(drawn));
      const longest = Math.max(...(guard.spec.variables ?? []).map(({ expression }) => expression.length));
      expect(sizeOf(guard)).toBeLessThanOrEqual(MAX_BYTES + 2000);
      expect(longest).toBeLessThan(NAMESPACE_SHARE_BYTES);
    }),
    { numRuns: 8 },
  );
});
