import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { readCluster } from '../../src/cluster/static.ts';
import { exemptionSizes } from '../../src/guard/exemptions.ts';
import { GUARDED } from '../../src/guard/findings.ts';
import { fitGuard, MAX_BYTES, NOTHING_REFUSED } from '../../src/guard/guard.ts';
import { labelScorings } from '../../src/guard/labels.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';
import { clusterParts, GuardTooLarge, refuseLongVariable } from '../../src/guard/too-large.ts';
import { viewPod } from '../../src/pod/view.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { minimalPod } from '../fixtures/pods.ts';
import { documentOf } from '../support/documents.ts';
import { guardFor } from '../support/guard-for.ts';
import { policy } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const object = (kind: string, name: string, spec: object, namespace?: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});
const exemption = (name: string, more: object = {}, spec: object = {}) =>
  object('SandboxExemption', name, {
    match: { namespaces: ['shop'], ...more },
    waive: [{ signal: 'hostPath' }],
    ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
    ...spec,
  });
const classes = readCluster(
  Object.entries({ gvisor: 'runsc', liar: 'runc', vm: 'kata-qemu' }).map(([name, handler]) =>
    documentOf({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler }),
  ),
).view.runtimeClasses();

const guardOf = (objects: readonly object[] = [], options: { balanced?: boolean } = {}, now = NOW) =>
  guardFor(snapshotOf(objects, options), classes, now);
const variable = ({ spec }: AdmissionPolicy, name: string): string | undefined =>
  spec.variables?.find(one => one.name === name)?.expression;

describe('the guard', () => {
  it('fails closed, needs no other object, and says what it was made from', () => {
    const snapshot = snapshotOf();
    const { metadata, spec } = guardFor(snapshot, classes, NOW);
    expect(metadata).toEqual({
      name: 'cofferdam-guard',
      annotations: {
        'cofferdam.dev/snapshot': snapshot.version,
        'cofferdam.dev/refused-namespaces': '',
        'cofferdam.dev/refused-exemptions': '',
        'cofferdam.dev/earlier-policies': '',
      },
    });
    expect(spec.failurePolicy).toBe('Fail');
    // A missing CRD would deny everything; and a policy that looks nothing up cannot be made to (bypass 8).
    expect(Object.keys(spec).sort()).toEqual([
      'auditAnnotations',
      'failurePolicy',
      'matchConditions',
      'matchConstraints',
      'validations',
      'variables',
    ]);
  });

  it('says which namespaces and exemptions the API server refused, in one order', () => {
    const some = new Set(['b', 'a']);
    const refused = { ...NOTHING_REFUSED, namespaces: some, exemptions: some };
    const { metadata } = guardFor(snapshotOf(), classes, NOW, { refused });
    expect(metadata.annotations).toMatchObject({
      'cofferdam.dev/refused-namespaces': 'a,b',
      'cofferdam.dev/refused-exemptions': 'a,b',
    });
  });

  it('matches every way by which a Pod comes to be, or to more', () => {
    const rules = guardOf().spec.matchConstraints.resourceRules;
    expect(
      rules.flatMap(({ operations, resources }) => resources.map(one => `${one}: ${operations.join(', ')}`)),
    ).toEqual([
      'pods: CREATE, UPDATE',
      'pods/ephemeralcontainers: UPDATE',
      'pods/resize: UPDATE',
      'pods/status: UPDATE',
      'pods/binding: CREATE',
      'bindings: CREATE',
    ]);
  });

  it('names each variable once, before it is used, and uses each', () => {
    const { spec } = guardOf([policy('a'), exemption('e', { images: ['nginx'] }), exemption('f')]);
    const known = new Set<string>();
    const used = new Set<string>();
    const uses = (cel: string): string[] =>
      [...cel.matchAll(/variables[.](\w+)/g)].map(([, name]) => name ?? '');
    for (const { name, expression } of spec.variables ?? []) {
      expect(uses(expression).filter(one => !known.has(one))).toEqual([]);
      for (const one of uses(expression)) used.add(one);
      expect(known.has(name)).toBe(false);
      known.add(name);
    }
    for (const { expression, messageExpression = '' } of spec.validations) {
      for (const one of uses(`${expression} ${messageExpression}`)) used.add(one);
    }
    expect([...used].filter(one => !known.has(one))).toEqual([]);
    expect([...known].filter(one => !used.has(one))).toEqual([]);
  });

  it('looks for every exposure and breakout, in the Pod, in the stored one, and in what is added', () => {
    const guard = guardOf();
    for (const { id, guard: cel } of GUARDED) {
      expect(variable(guard, 'present')).toContain(`(${cel} ? ['${id}'] : [])`);
      expect(variable(guard, 'presentBefore')).toContain(`? ['${id}'] : [])`);
    }
    expect(variable(guard, 'containersBefore')).not.toMatch(/\bobject[.]/);
    expect(variable(guard, 'found')).toBe('variables.present');
    expect(variable(guard, 'presentAdded')).not.toContain("['hostPID']");
    expect(variable(guard, 'presentAdded')).toContain(
      'variables.securedAdded.exists(c, c.?securityContext.?privileged',
    );
  });

  it('asks first whether the request is within bounds, also for its messages', () => {
    const [bounds, ...others] = guardOf().spec.validations;
    expect(bounds?.expression).toBe('variables.bounded');
    expect(bounds?.messageExpression).toMatch(/^variables[.]bounded \? '' : /);
    for (const { expression, messageExpression } of others) {
      // Each asks for the bounds first, by `passes` or by itself.
      expect(expression).toMatch(/^(variables[.]passes|!variables[.]bounded) \|\| /);
      expect(messageExpression).toMatch(
        /^variables[.]bulky \|\| (variables[.]passes|!variables[.]bounded) \|\| .* \? '' : /,
      );
    }
    expect(variable(guardOf(), 'passes')).toMatch(/^!variables[.]bounded \|\| /);
    const [ruled] = guardOf([
      policy('r', { scoring: { rules: [{ name: 'r', expression: 'true', weight: 1 }] } }),
    ]).spec.validations.slice(-1);
    expect(ruled?.expression).toBe('variables.rulesHold');
    const bounded = variable(guardOf(), 'bounded') ?? '';
    const counted = BOUNDS.filter(({ ofRules }) => !ofRules);
    const [sized, looping] = [counted.filter(one => !one.loopsOver), counted.filter(one => one.loopsOver)];
    const within = [
      ...sized.map(({ most }, i) => `variables.sizes[${i}] <= ${most}`),
      ...looping.map(({ most }, i) => `variables.counts[${i}] <= ${most}`),
    ];
    expect(bounded).toContain(within.join(' && '));
  });

  it('takes a class for what its handler is', () => {
    expect(variable(guardOf(), 'profile')).toBe(
      "{'gvisor': 'gvisor', 'vm': 'kata-qemu'}[?variables.class].orValue('')",
    );
    expect(variable(guardOf(), 'isolation')).toBe(
      "{'gvisor': 1, 'vm': 2}[?object.spec.?runtimeClassName.orValue('')].orValue(0)",
    );
  });

  it('knows no class where there is none', () => {
    const guard = guardFor(snapshotOf(), [], NOW);
    expect([variable(guard, 'isolation'), variable(guard, 'fitting')]).toEqual(['0', '[]']);
  });

  it('is the same, whatever the order of what it is made from', () => {
    const objects = [policy('a'), policy('b'), exemption('c'), exemption('d')];
    expect(guardOf(objects.toReversed())).toEqual(guardOf(objects));
  });
});

describe('policies in the guard', () => {
  it('are rows of numbers: labels, minimum, least scores of the ranks', () => {
    const guard = guardOf([
      policy('a', { minimumIsolation: 'vm', tiers: [{ atLeast: 50, isolation: 'vm' }] }),
      policy('b', { match: { namespaceSelector: { matchLabels: { team: 'x' } } } }),
    ]);
    const rows = [
      '[[0, 2, 50, 50, 1000000, 0] + [0, 0, 0]]',
      "('team' in variables.namespaceLabels && variables.namespaceLabels['team'] in ['x'] ? [[0, 0, 30, 70, 1000000, 0] + [0, 0, 0]] : [])",
      '[[variables.label0, 0, 30, 70, 1000000, 0] + [0, 0, 0]]',
    ];
    expect(variable(guard, 'policies')).toBe(`(${rows[0]} + ${rows[1]}) + (${rows[2]})`);
  });

  it('of a namespace judge that namespace alone, by the name in the request', () => {
    const guard = guardOf([object('SandboxPolicy', 'own', {}, 'shop')]);
    expect(variable(guard, 'policies1')).toMatch(
      /^request\.namespace in \['shop'\] \? \(request\.namespace == 'shop' \? /,
    );
  });

  it('add to the weights of signals what their own differ by', () => {
    const guard = guardOf([
      policy('a', { scoring: { signals: { hostPort: 40, capabilityHostRoot: 30, imageTag: 20 } } }),
    ]);
    expect(variable(guard, 'policies')).toContain(
      "{'capabilityHostRoot': -30, 'hostPort': 10}[?id].orValue(0)",
    );
  });

  it('leave balanced in force where none is that nobody can step out of', () => {
    const row = '[[variables.label0, 0, 30, 70, 1000000, 0] + [0, 0, 0]]';
    expect(variable(guardOf([], { balanced: true }), 'policies')).toBe(row);
    expect(variable(guardOf([], { balanced: false }), 'policies')).toBe(row);
    const some = policy('a', { match: { namespaceSelector: { matchLabels: { a: 'b' } } } });
    const dodged = policy('b', { match: { podSelector: { matchLabels: { a: 'b' } } } });
    expect(variable(guardOf([some, dodged], { balanced: false }), 'policies')).toContain(
      `(!('a' in variables.namespaceLabels && variables.namespaceLabels['a'] in ['b']) ? ${row} : [])`,
    );
  });

  it('share the labels that they read alike', () => {
    const labels = [{ key: 'team', weights: { a: 10 } }];
    const guard = guardOf([policy('a', { scoring: { labels } }), policy('b', { scoring: { labels } })]);
    expect(variable(guard, 'label0')).toBe(
      "[variables.labels, variables.namespaceLabels].map(l, 'team' in l ? {'a': 10}[?l['team']].orValue(10) : 0).max()",
    );
    expect(variable(guard, 'policies')?.match(/\[variables\.label0, /g)).toHaveLength(2);
    expect(variable(guard, 'label1')).toContain("'cofferdam.dev/risk'");
    expect(variable(guard, 'label2')).toBeUndefined();
  });
});

describe('exemptions in the guard', () => {
  it('cover by namespace, service account and labels', () => {
    const guard = guardOf([
      exemption('e', { serviceAccounts: ['agent'], podSelector: { matchLabels: { a: 'b' } } }),
    ]);
    expect(variable(guard, 'exemption0')).toBe(
      "request.namespace in ['shop'] && object.spec.?serviceAccountName.orValue('') in ['agent'] && 'a' in variables.labels && variables.labels['a'] in ['b']",
    );
    expect(variable(guard, 'hostPath')).toContain('&& !((variables.exemption0))');
    expect(variable(guard, 'hostPID')).toBeUndefined();
    expect(variable(guard, 'found')).toBe(
      "variables.present.filter(id, !(id in ['hostPath'])) + (variables.hostPath ? ['hostPath'] : [])",
    );
  });

  it.each([
    ['default', {}, true],
    ['default', { serviceAccountName: '' }, true],
    ['default', { serviceAccountName: 'agent' }, false],
    ['agent', {}, false],
    ['agent', { serviceAccountName: '' }, false],
    ['agent', { serviceAccountName: 'agent' }, true],
  ])('of account %s take %j as the engine does', (account, spec, covered) => {
    const guard = guardOf([exemption('e', { serviceAccounts: [account] })]);
    const [, test = ''] = variable(guard, 'exemption0')?.split(' && ') ?? [];
    const environment = new Environment({ enableOptionalTypes: true }).registerVariable('object', 'dyn');
    expect(environment.parse(test)({ object: { spec } })).toBe(covered);
    const pod = { ...minimalPod(), spec: { ...minimalPod().spec, ...spec } };
    expect(viewPod(pod, 'shop').serviceAccount === account).toBe(covered);
  });

  it('waive the values that they name', () => {
    const guard = guardOf([exemption('e', {}, { waive: [{ signal: 'hostPort', values: [80, 443] }] })]);
    expect(variable(guard, 'hostPort')).toContain(
      "!((variables.exemption0 && string(p.hostPort) in ['80', '443']))",
    );
  });

  it('by image waive what is in the containers whose image it is', () => {
    const guard = guardOf([
      exemption('e', { images: ['ghcr.io/acme/agent:1'] }, { waive: [{ signal: 'privileged' }] }),
    ]);
    expect(variable(guard, 'exemption0Images')).toBe(
      "variables.exemption0 ? variables.images.filter(i, size(i) <= 1024 && (i.matches('^ghcr[.]io/acme/agent:1$'))) : []",
    );
    expect(variable(guard, 'privileged')).toContain("c.?image.orValue('') in variables.exemption0Images");
    expect(variable(guard, 'privilegedBefore')).toContain(
      "c.?image.orValue('') in variables.exemption0ImagesBefore",
    );
  });

  it('are left out once they have expired', () => {
    const day = Date.parse('2027-03-01T00:00:00Z');
    expect(variable(guardOf([exemption('e')], {}, day - 1), 'exemption0')).toBeDefined();
    expect(variable(guardOf([exemption('e')], {}, day), 'exemption0')).toBeUndefined();
  });
});

function thrownBy(make: () => unknown): GuardTooLarge {
  try {
    make();
  } catch (error) {
    if (error instanceof GuardTooLarge) return error;
    throw error;
  }
  throw new Error('it fits');
}

it('has a sentence for whoever is denied where the API server cannot make the message, and is no error of the server', () => {
  // https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#message-expression
  for (const { message, messageExpression, reason } of guardOf().spec.validations) {
    expect(message).toMatch(/^[A-Z].{20,}[.]$/);
    expect(messageExpression ?? 'none').not.toBe('');
    expect(reason).toBe('Forbidden');
  }
});

describe('the size of the guard', () => {
  const many = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const sizeOf = (guard: AdmissionPolicy): number => Buffer.byteLength(JSON.stringify(guard));

  it('takes a thousand policies, or five hundred narrow exemptions', () => {
    const selecting = (i: number) =>
      policy(`p${i}`, {
        match: { namespaceSelector: { matchLabels: { team: `t${i}` } } },
        scoring: { signals: { hostPort: 40 } },
      });
    expect(sizeOf(guardOf(many(1000, selecting)))).toBeLessThan(MAX_BYTES);
    const narrow = (i: number) =>
      exemption(`e${i}`, { namespaces: [`n${i}`], images: ['ghcr.io/acme/agent'] });
    expect(sizeOf(guardOf(many(500, narrow)))).toBeLessThan(MAX_BYTES);
  });

  const exemptionsOut = (objects: readonly object[]): readonly string[] =>
    fitGuard(snapshotOf(objects), classes, NOW).clusterLeftOut.map(({ name }) => name);

  it('is kept by leaving out exemptions, the largest first', () => {
    const wide = (i: number) =>
      exemption(`e${i}`, { namespaces: many(i < 10 ? 64 : 40, k => `namespace-${i}-${k}`) });
    const { policy: made, clusterLeftOut } = fitGuard(snapshotOf(many(1000, wide)), classes, NOW);
    const out = clusterLeftOut.map(({ name }) => name);
    expect(out).toEqual(expect.arrayContaining(many(10, i => `e${i}`)));
    expect(out.length).toBeLessThan(500);
    expect(sizeOf(made)).toBeLessThan(MAX_BYTES);
    expect(sizeOf(made)).toBeGreaterThan(600_000);
  });

  it('leaves an exemption out from the first byte on that is more than cluster policies and exemptions may take', () => {
    const most = 900_000;
    /** An exemption of so many bytes of namespaces, each of which stands in quotes and after a comma. */
    const filling = (name: string, bytes: number) => {
      const count = Math.ceil(bytes / 63);
      const long = (k: number) => `${k}`.padEnd(Math.floor((bytes + k) / count) - ", ''".length, 'x');
      return exemption(name, { namespaces: many(count, long) });
    };
    const full = many(268, i => filling(`e${i}`, 3_000));
    const guardWith = (bytes: number) => guardOf([...full, filling('z', bytes)]);
    // What is said of it besides, in annotations, does not count.
    const counted = ({ metadata, ...rest }: AdmissionPolicy): number =>
      sizeOf({ ...rest, metadata: { name: metadata.name } });
    const left = most - counted(guardWith(1_000));
    expect(left).toBeGreaterThan(0);
    expect(counted(guardWith(1_000 + left))).toBe(most);
    expect(exemptionsOut([...full, filling('z', 1_000 + left)])).toEqual([]);
    expect(exemptionsOut([...full, filling('z', 1_001 + left)])).toHaveLength(1);
  });

  it('is told with what takes most of it, by name, when it is refused', () => {
    const ofSize = (count: number) => ({ namespaces: many(count, k => `a-namespace-of-a-long-name-${k}`) });
    const labels = many(16, i => ({
      key: `k${i}`,
      weights: Object.fromEntries(many(32, v => [`value-${v}`, v])),
    }));
    const selecting = (name: string, count: number) =>
      policy(name, {
        match: {
          podSelector: {
            matchExpressions: [{ key: 'a', operator: 'In', values: ofSize(count).namespaces }],
          },
        },
      });
    const objects = [
      ...many(800, i => selecting(`p${i}`, i === 444 ? 64 : 36)),
      policy('widest', { scoring: { labels } }),
      exemption('e'),
    ];
    const refused = thrownBy(() => guardOf(objects));
    expect(refused.largest.slice(0, 2)).toEqual(
      ['widest', 'p444'].map(name => ({
        ...{ kind: 'ClusterSandboxPolicy', name, bytes: expect.any(Number) },
      })),
    );
    expect(refused.largest).toHaveLength(5);
    // About: within a half of what it makes of the guard.
    const alone = sizeOf(guardOf([policy('widest', { scoring: { labels } })])) - sizeOf(guardOf());
    expect((refused.largest[0]?.bytes ?? 0) / alone).toBeCloseTo(1, 0);
    expect(refused.message).toMatch(
      /^the guard would be \d+ bytes, of 900000 at most; most of it is of ClusterSandboxPolicy widest \(about \d+ bytes\), ClusterSandboxPolicy p444 \(about \d+ bytes\), ClusterSandboxPolicy p\d+ /,
    );
  });

  it('is told of each variable in which an exemption has a part', () => {
    const wide = exemption(
      'wide',
      { images: ['ghcr.io/acme/agent'] },
      { waive: [{ signal: 'gvisorAnnotation', values: many(64, k => 'x'.repeat(200) + k) }] },
    );
    const guard = guardOf([wide]);
    const share = (name: string): number =>
      (exemptionSizes(snapshotOf([wide]).exemptions, NOW, name).get('wide') ?? 0) /
      (variable(guard, name)?.length ?? 0);
    const own = ['', 'Images', 'ImagesBefore'].map(suffix => `exemption0${suffix}`);
    const ofSignal = ['', 'Before', 'Added'].map(suffix => `gvisorAnnotation${suffix}`);
    for (const name of [...own, ...ofSignal]) expect(share(name), name).toBeCloseTo(1, 1);
    expect(exemptionSizes(snapshotOf([wide]).exemptions, NOW, 'hostPath')).toEqual(new Map());
  });

  it('is kept by leaving out exemptions of an expression that is more than the API server reads', () => {
    const waive = [{ signal: 'hostPath', values: many(64, k => 'x'.repeat(100) + k) }];
    const others = [
      exemption('other', { namespaces: many(64, i => `n${i}`) }, { waive: [{ signal: 'hostPID' }] }),
    ];
    const out = exemptionsOut([...others, ...many(20, i => exemption(`e${i}`, {}, { waive }))]);
    // They are among those in that expression, and not all of them.
    expect(out.every(name => name.startsWith('e'))).toBe(true);
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThan(20);
  });

  it('leaves out the exemption that alone is too much, by its name, not by its number', () => {
    const values = many(64, k => `${'x'.repeat(60)}${k}`.slice(0, 63));
    const matchExpressions = many(32, i => ({ key: `k${i}`, operator: 'In', values }));
    const wide = exemption('wide', { podSelector: { matchExpressions } });
    expect(exemptionsOut([exemption('a'), wide, exemption('z')])).toEqual(['wide']);
  });

  it('is refused from the first character that the API server would not read on', () => {
    const ground = { snapshot: snapshotOf(), now: NOW, labels: labelScorings([]) };
    const { spec, ...rest } = guardOf();
    const withOneOf = (length: number): AdmissionPolicy => ({
      ...rest,
      spec: {
        ...spec,
        variables: [
          { name: 'short', expression: 'true' },
          { name: 'long', expression: 'x'.repeat(length) },
        ],
      },
    });
    expect(() => refuseLongVariable(withOneOf(100_000), ground)).not.toThrow();
    expect(() => refuseLongVariable(withOneOf(100_001), ground)).toThrow(
      'one expression of the guard would be 100001 characters, of 100000 at most',
    );
  });

  it('is never the fault of a namespace, whose policies are left out', () => {
    const objects = [policy('a'), object('SandboxPolicy', 'own', {}, 'shop')];
    const parts = clusterParts({ snapshot: snapshotOf(objects), now: NOW, labels: labelScorings([]) });
    expect(parts.map(({ name }) => name)).toEqual(['a', 'balanced']);
  });

  it('is made of the rules of a policy, too, as they are written', () => {
    const ruled = (expression: string): number => {
      const snapshot = snapshotOf([
        policy('ruled', { scoring: { rules: [{ name: 'r', expression, weight: 1 }] } }),
      ]);
      const parts = clusterParts({ snapshot, now: NOW, labels: labelScorings([]) });
      return parts.find(({ name }) => name === 'ruled')?.bytes ?? 0;
    };
    expect(ruled(`'${'x'.repeat(3_000)}' == ''`) - ruled("'' == ''")).toBe(3_000);
  });

  it('is refused with the policies where it is one of them that makes an expression too long', () => {
    const values = many(64, k => `${'x'.repeat(60)}${k}`.slice(0, 63));
    const matchExpressions = many(32, i => ({ key: `k${i}`, operator: 'In', values }));
    const refused = thrownBy(() =>
      guardOf([
        policy('a'),
        policy('wide', { match: { podSelector: { matchExpressions } } }),
        exemption('e'),
      ]),
    );
    expect(refused.largest[0]).toMatchObject({ kind: 'ClusterSandboxPolicy', name: 'wide' });
  });
});
