import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitGuard, NOTHING_REFUSED } from '../../src/guard/guard.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { clusterPolicy, ground, object } from './support/ground.ts';
import { NOW } from './support/guarded-world.ts';

const rule = (expression: string, weight = 70, name = 'r') => ({ name, expression, weight });
const policyWith = (...rules: object[]) => clusterPolicy({ scoring: { rules } });
const IS_PUBLIC = "object.metadata.?labels.?exposure.orValue('') == 'public'";

describe('a rule of a cluster policy', () => {
  const { create, update } = ground([policyWith(rule(IS_PUBLIC, 70, 'internet-facing'))]);
  const open = { labels: { exposure: 'public' } };

  it('asks for isolation where it matches', () => {
    expect(create(open)).toEqual([
      'the Pod has isolation host-kernel, which is not enough because of rules: internet-facing. Try again if no RuntimeClass is set, as the webhook that would set one did not answer; "cofferdam explain" says which is enough.',
    ]);
    expect(create({ ...open, spec: { runtimeClassName: 'gvisor' } })[0]).toMatch(
      /^the Pod has isolation app-kernel/,
    );
    expect(create({ ...open, spec: { runtimeClassName: 'vm' } })).toEqual([]);
    expect(create({ labels: { exposure: 'none' } })).toEqual([]);
  });

  it('says what its message says', () => {
    const told = ground([policyWith({ ...rule('true'), message: `Ask 'platform'.\n${'x'.repeat(1000)}` })]);
    expect(told.create({})[0]).toMatch(/because of rules: r \(Ask 'platform'\.\\u000ax{78}…\)\. Try/);
  });

  it('asks for no more than the most isolation there is, whatever it weighs, and where it fails, too', () => {
    const classes = [
      ['vm', 'kata-qemu'],
      ['confidential', 'kata-qemu-snp'],
    ] as const;
    const strict = policyWith(
      rule('true', 100),
      rule("object.metadata.labels['nobody'] == 'x'", 100, 'fails'),
    );
    const tiers = [{ atLeast: 50, isolation: 'confidential-vm' }];
    const { create: ask } = ground([{ ...strict, spec: { ...strict.spec, tiers } }], { classes });
    expect(ask({ spec: { runtimeClassName: 'vm' } })).not.toEqual([]);
    expect(ask({ spec: { runtimeClassName: 'confidential' } })).toEqual([]);
  });

  it('is left to the webhook on updates', () => {
    expect(update({}, { ...open, annotations: { a: 'b' } })).toEqual([]);
  });

  it('adds to what is found, and to labels', () => {
    const some = ground([policyWith(rule(IS_PUBLIC, 40))]);
    expect(some.create(open)[0]).toMatch(/^the Pod has isolation host-kernel/);
    expect(some.create({ ...open, spec: { runtimeClassName: 'gvisor' } })).toEqual([]);
    const risky = {
      labels: { exposure: 'public', 'cofferdam.dev/risk': 'medium' },
      spec: { runtimeClassName: 'gvisor' },
    };
    // balanced alone has the label, the policy the rule: each weighs by itself.
    expect(some.create(risky)).toEqual([]);
    const hostPort = { name: 'a', image: 'nginx', ports: [{ containerPort: 80, hostPort: 80 }] };
    expect(some.create({ ...open, spec: { containers: [hostPort], runtimeClassName: 'gvisor' } })[0]).toMatch(
      /^the Pod has isolation app-kernel/,
    );
  });

  it('counts as matched where it fails', () => {
    const failing = ground([policyWith(rule("object.metadata.labels['nobody'] == 'x'"))]);
    expect(failing.create({})[0]).toMatch(/^expression 'variables[.]rulesHold' resulted in error: .*rule0/s);
    expect(failing.create({ spec: { runtimeClassName: 'vm' } })).toEqual([]);
    expect(failing.create({ labels: { nobody: 'y' } })).toEqual([]);
  });

  it('matches in namespaces that its policy selects alone', () => {
    const match = { namespaceSelector: { matchLabels: { team: 'a' } } };
    const policy = clusterPolicy({ match, scoring: { rules: [rule('true')] } });
    expect(ground([policy]).create({})).toEqual([]);
    expect(ground([policy], { labels: { team: 'a' } }).create({})).toHaveLength(1);
  });
});

it('of several rules, each that matches weighs', () => {
  const { create } = ground([
    policyWith(
      rule("'a' in object.metadata.labels", 30, 'a'),
      rule("'b' in object.metadata.labels", 40, 'b'),
    ),
  ]);
  const inGvisor = (labels: Record<string, string>) =>
    create({ labels, spec: { runtimeClassName: 'gvisor' } });
  expect([inGvisor({ a: '' }), inGvisor({ b: '' }), inGvisor({ c: '' })]).toEqual([[], [], []]);
  expect(inGvisor({ a: '', b: '' })[0]).toMatch(/because of rules: a, b[.]/);
  expect(create({ labels: { c: '' } })).toEqual([]);
});

describe('the text of a rule', () => {
  const textsOf = (expression: string) => {
    const guard = fitGuard(snapshotOf([policyWith(rule(expression))]), [], NOW);
    const { variables = [] } = guard.policy.spec;
    return { own: variables.find(({ name }) => name === 'rule0')?.expression, variables };
  };

  it.each([
    `object.metadata.name == "a') || true || ('"`,
    "object.metadata.name == '// no comment'",
    'true // a comment',
    "object.metadata.name == '''a\nb'''",
    "object.metadata.name == 'variables.rulesHold'",
    "object.metadata.name == 'variables.passes) ? [ : {'",
    '(true) || (false)',
    'true\n',
  ])('stands alone, as it was written: %j', expression => {
    const { own, variables } = textsOf(expression);
    expect(own).toBe(expression);
    const others = variables.filter(({ name }) => name !== 'rule0').map(one => one.expression);
    const plain = textsOf('true')
      .variables.filter(({ name }) => name !== 'rule0')
      .map(one => one.expression);
    expect(others).toEqual(plain);
  });

  it('stands alone, also as that of the eleventh rule', () => {
    const rules = Array.from({ length: 11 }, (_, i) =>
      rule(`object.metadata.name == '${i}' || 'variables.rulesHold' == ''`, 10, `r${i}`),
    );
    const { variables = [] } = fitGuard(snapshotOf([policyWith(...rules)]), [], NOW).policy.spec;
    expect(variables.find(({ name }) => name === 'rule10')?.expression).toBe(rules[10]?.expression);
  });

  it('stands alone, whatever string it holds', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const expression = `object.metadata.name == ${JSON.stringify(text)}`;
        const { own } = textsOf(expression);
        expect([expression, undefined]).toContain(own);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a rule that is left to the webhook', () => {
  const left = (objects: object[], refused: string[] = []) =>
    fitGuard(snapshotOf(objects), [], NOW, {
      refused: { ...NOTHING_REFUSED, rules: new Set(refused) },
    }).rulesOfWebhook.map(({ policy, rule: { name }, because }) => [policy.name, name, because]);

  it('is one of a namespaced policy', () => {
    const own = object('SandboxPolicy', 'own', { scoring: { rules: [rule('true')] } }, 'shop');
    expect(left([own])).toEqual([['own', 'r', 'namespaced']]);
  });

  it('is one that could cost more than is left of what rules may cost', () => {
    const nested =
      'object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.exists(c, c.name == a.name && a.name == b.name)))';
    expect(left([policyWith(rule(IS_PUBLIC, 70, 'cheap'), rule(nested, 70, 'costly'))])).toEqual([
      ['p', 'costly', 'too-costly'],
    ]);
  });

  it('is the later one by name where the others of the cluster leave too little', () => {
    const half = Array.from(
      { length: 20 },
      (_, i) => `object.spec.containers.all(a, a.name.matches('a${i}+'))`,
    ).join(' && ');
    const named = (name: string, ...rules: object[]) =>
      object('ClusterSandboxPolicy', name, { scoring: { rules } });
    const later = named('b', rule(half), rule(IS_PUBLIC, 70, 'cheap'));
    expect(left([later, named('a', rule(half))])).toEqual([['b', 'r', 'too-costly']]);
    expect(left([later])).toEqual([]);
  });

  it('is one that the API server did not take', () => {
    expect(left([policyWith(rule(IS_PUBLIC))], [IS_PUBLIC])).toEqual([['p', 'r', 'not-compiled']]);
  });

  it.each([
    ["object.spec.containers.exists(c, c.?readinessProbe.?exec.?command.orValue([]).exists(a, a == 'x'))"],
    ["object.spec.containers[0].image.split('/').exists(part, part == 'x')"],
    ["object.spec.?tolerations.orValue([]).exists(t, t.key == 'x')"],
  ])('is one that loops over what has no bound: %s', expression => {
    expect(left([policyWith(rule(expression))])).toEqual([['p', 'r', 'unbounded']]);
  });

  it('is one that finds no room behind those of other policies', () => {
    const wordy = (i: number) => `object.metadata.name == '${'x'.repeat(1900)}${i}'`;
    const objects = Array.from({ length: 200 }, (_, i) =>
      object('ClusterSandboxPolicy', `p${String(i).padStart(3, '0')}`, {
        scoring: { rules: [rule(wordy(i))] },
      }),
    );
    const named = left(objects);
    expect(named.length).toBeGreaterThan(50);
    expect(named.every(([, , because]) => because === 'no-room')).toBe(true);
    expect(named.at(-1)?.[0]).toBe('p199');
  });
});

it('a thousand rules are in the guard, however short, and no more', () => {
  const objects = Array.from({ length: 40 }, (_, i) =>
    object('ClusterSandboxPolicy', `p${String(i).padStart(2, '0')}`, {
      scoring: {
        rules: Array.from({ length: 32 }, (__, k) =>
          rule(`object.metadata.name == '${i}-${k}'`, 70, `r${k}`),
        ),
      },
    }),
  );
  const { policy, rulesOfWebhook } = fitGuard(snapshotOf(objects), [], NOW);
  expect(rulesOfWebhook.map(({ because }) => because)).toEqual(Array(280).fill('too-many'));
  expect(policy.spec.variables?.filter(({ name }) => /^rule\d+$/.test(name))).toHaveLength(1000);
});

it('hundreds of policies with a rule each fit into the guard, and each is judged by', () => {
  const objects = Array.from({ length: 400 }, (_, i) =>
    object('ClusterSandboxPolicy', `p${i}`, {
      scoring: { rules: [rule(`object.metadata.?labels.?k${i}.hasValue()`, 70, `rule-of-${i}`)] },
    }),
  );
  const { create } = ground(objects);
  for (const i of [0, 17, 399]) {
    expect(create({ labels: { [`k${i}`]: '' } })[0]).toMatch(new RegExp(`because of rules: rule-of-${i}[.]`));
  }
  expect(create({ labels: { k400: '' } })).toEqual([]);
});

it.each([
  "object.spec.containers.exists(c, c.?env.orValue([]).exists(e, e.name == 'SECRET'))",
  "(object.spec.containers + object.spec.?initContainers.orValue([])).all(c, c.image.startsWith('x/'))",
  "object.metadata.?annotations.orValue({}).exists(a, a.startsWith('x/'))",
])('a rule that loops over what has a bound is in the guard: %s', expression => {
  expect(fitGuard(snapshotOf([policyWith(rule(expression))]), [], NOW).rulesOfWebhook).toHaveLength(0);
});

const ENV = 'object.spec.containers[0].env';
it.each([
  [`${ENV}.exists(e, ${ENV}.exists(f, f.name.startsWith('Z')))`, ['too-costly']],
  [`${ENV}.exists(e, object.spec.volumes.exists(v, v.name == 'Z'))`, ['too-costly']],
  ["object.spec.containers.exists(c, c.env.exists(e, c.env.exists(f, f.name == '')))", ['too-costly']],
  ["object.spec.containers.exists(c, c.?env.orValue([]).exists(e, e.name == 'Z'))", []],
  [`['a', 'b'].exists(x, ${ENV}.exists(e, e.name == x))`, []],
  [`${ENV}.exists(e, ['a', 'b'].exists(x, e.name == x))`, []],
])(
  'a rule is in the guard where its loops walk no more than the bounds let it, not their product: %s',
  (expression, because) => {
    const { rulesOfWebhook } = fitGuard(snapshotOf([policyWith(rule(expression))]), [], NOW);
    expect(rulesOfWebhook.map(one => one.because)).toEqual(because);
  },
);

it.each([
  ["namespaceObject.metadata.?annotations.?exposure.orValue('') == 'public'", ['unseen']],
  ['has(namespaceObject.metadata.annotations)', ['unseen']],
  ["namespaceObject.?status.?phase.orValue('') == 'Active'", ['unseen']],
  ["namespaceObject.?metadata.?labels[?'a/b'].orValue('') == 'x'", []],
  ["namespaceObject.metadata.labels.exists(k, namespaceObject.metadata.labels[k] == '')", []],
  ["namespaceObject != null && namespaceObject.metadata.name == 'shop'", []],
])(
  'a rule is in the guard where it sees no more of the Namespace than the engine does: %s',
  (expression, because) => {
    const { rulesOfWebhook } = fitGuard(snapshotOf([policyWith(rule(expression))]), [], NOW);
    expect(rulesOfWebhook.map(one => one.because)).toEqual(because);
  },
);
