import { describe, expect, it } from 'vitest';
import { clusterPolicy, labelled, load, namespacedPolicy, namespaceOf, podView } from './support.ts';

function policyOf(text: string) {
  const { snapshot, problems } = load(text);
  expect(problems).toEqual([]);
  const [policy] = snapshot.policies;
  if (!policy) throw new Error('no policy');
  return policy;
}

describe('a ClusterSandboxPolicy', () => {
  const tenants = policyOf(clusterPolicy('{match: {namespaceSelector: {matchLabels: {tenant: a}}}}'));
  const web = policyOf(clusterPolicy('{match: {podSelector: {matchLabels: {app: web}}}}'));

  it.each([
    ['everything by default', policyOf(clusterPolicy('{}')), podView(), namespaceOf(), true],
    ['a namespace by its label', tenants, podView(), namespaceOf({ tenant: 'a' }), true],
    ['no other namespace', tenants, podView(), namespaceOf({ tenant: 'b' }), false],
    ['bypass 6: a namespace that could not be looked up', tenants, podView(), undefined, true],
    [
      'bypass 9: no Pod by a label that belongs on its namespace',
      tenants,
      labelled({ tenant: 'a' }),
      namespaceOf(),
      false,
    ],
    ['a Pod by its label', web, labelled({ app: 'web' }), namespaceOf(), true],
    ['no other Pod', web, podView(), undefined, false],
  ])('matches %s', (_, policy, pod, namespace, expected) => {
    expect(policy.matches(pod, namespace)).toBe(expected);
  });

  it('keeps the selectors it was made from', () => {
    const [namespace, pod] = [{ matchLabels: { a: 'b' } }, { matchLabels: { c: 'd' } }];
    const both = '{match: {namespaceSelector: {matchLabels: {a: b}}, podSelector: {matchLabels: {c: d}}}}';
    expect(policyOf(clusterPolicy(both)).selectors).toStrictEqual({ namespace, pod });
    expect(policyOf(clusterPolicy('{}')).selectors).toStrictEqual({});
    const own = namespacedPolicy('{match: {podSelector: {matchLabels: {c: d}}}}');
    expect(policyOf(own).selectors).toStrictEqual({ pod });
    expect(policyOf(namespacedPolicy('{}')).selectors).toStrictEqual({});
  });

  it('says whether a Pod could step out of it', () => {
    expect([tenants.selectsPods, web.selectsPods]).toEqual([false, true]);
  });
});

describe('a SandboxPolicy', () => {
  const policy = policyOf(namespacedPolicy('{minimumIsolation: vm}'));
  const web = policyOf(namespacedPolicy('{match: {podSelector: {matchLabels: {app: web}}}}'));

  it.each([
    ['its namespace', policy, podView({}, 'shop'), true],
    ['bypass 8: no other namespace', policy, podView({}, 'shop-2'), false],
    [
      'bypass 8: the namespace of the request, not one that the Pod claims',
      policy,
      podView({ metadata: { namespace: 'shop' } }, 'other'),
      false,
    ],
    ['a Pod by its label', web, labelled({ app: 'web' }), true],
    ['no other Pod', web, podView(), false],
  ])('judges %s', (_, one, pod, expected) => {
    expect(one.matches(pod, undefined)).toBe(expected);
  });
});

describe('a rule', () => {
  const rule = (expression: string) => {
    const spec = `{scoring: {rules: [{name: r, expression: "${expression}", weight: 5, message: told}]}}`;
    const [one] = policyOf(clusterPolicy(spec)).rules;
    if (!one) throw new Error('no rule');
    return one;
  };

  it.each([
    [
      'matched',
      "object.metadata.?labels.?exposure.orValue('') == 'public'",
      labelled({ exposure: 'public' }),
    ],
    [
      'not-matched',
      "object.metadata.?labels.?exposure.orValue('') == 'public'",
      labelled({ constructor: 'public' }),
    ],
    [
      'matched',
      "namespaceObject.metadata.name == 'shop' && namespaceObject.metadata.labels.tier == 'gold'",
      podView(),
    ],
  ])('is %s by %s', (outcome, expression, pod) => {
    expect(rule(expression).evaluate(pod, namespaceOf({ tier: 'gold' }))).toBe(outcome);
  });

  it('fails where a field is missing', () => {
    expect(rule("object.metadata.labels.a == 'b'").evaluate(labelled({}), namespaceOf())).toEqual({
      error: 'No such key: a',
    });
  });

  it('bypass 6: fails where the namespace is not known', () => {
    const one = rule("namespaceObject.metadata.labels.tier == 'gold'");
    expect(one.evaluate(podView(), undefined)).toEqual({ error: expect.any(String) });
  });

  it('sees the namespace it is given, also for a Pod that it has seen', () => {
    const one = rule("namespaceObject.metadata.labels.tier == 'gold'");
    const pod = podView();
    const outcomes = ['gold', 'iron', 'gold'].map(tier => one.evaluate(pod, namespaceOf({ tier })));
    expect(outcomes).toEqual(['matched', 'not-matched', 'matched']);
  });

  it('bypass 18: fails on a Pod that is nested too deeply to look at', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 120; i++) deep = [deep];
    expect(rule('true').evaluate(podView({ metadata: { name: deep as string } }), undefined)).toEqual({
      error: 'the object is nested too deeply',
    });
  });

  it('shares the steps of a Pod with the others on it', () => {
    const expensive = rule(
      'object.metadata.finalizers.exists(a, object.metadata.finalizers.exists(b, a > 999))',
    );
    const finalizers = Array.from({ length: 200 }, (_, i) => i);
    const fresh = () => podView({ metadata: { finalizers } as never });
    const namespace = namespaceOf();
    const pod = fresh();
    expect([1, 2].map(() => expensive.evaluate(pod, namespace))).toEqual([
      'not-matched',
      { error: expect.stringMatching(/^could take/) },
    ]);
    expect([1, 2].map(() => expensive.evaluate(fresh(), namespace))).toEqual(['not-matched', 'not-matched']);
  });

  it('without a message has none', () => {
    const [one] = policyOf(
      clusterPolicy('{scoring: {rules: [{name: r, expression: "true", weight: 5}]}}'),
    ).rules;
    expect(one).not.toHaveProperty('message');
  });

  it('keeps its message and weight', () => {
    expect(rule('true')).toMatchObject({ name: 'r', weight: 5, message: 'told' });
  });
});
