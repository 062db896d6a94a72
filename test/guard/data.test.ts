import { describe, expect, it } from 'vitest';
import { container, ground, object, requiredBy } from './support/ground.ts';
import { SHOP } from './support/guarded-world.ts';

/*
What people write into policies and exemptions is data, even where it reads like a variable of the guard. Otherwise one label
value of one namespace could keep the whole cluster from getting a guard.
*/
const NAMES = ['policies', 'least', 'required'];

describe.each(NAMES)('variables.%s', name => {
  const value = `variables.${name}`;
  const vm = { tiers: [{ atLeast: 1, isolation: 'vm' }] };
  const asks = (spec: object) => ground([object('SandboxPolicy', 'own', spec, SHOP)]);

  it.each<[string, object]>([
    [
      'a label to match',
      { match: { podSelector: { matchLabels: { team: value } } }, minimumIsolation: 'vm' },
    ],
    [
      'one of several',
      {
        match: { podSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: [value] }] } },
        minimumIsolation: 'vm',
      },
    ],
    [
      'a label that weighs',
      { ...vm, scoring: { labels: [{ key: 'team', weights: { [value]: 5, none: 0 } }] } },
    ],
  ])('is a value as any other where it is %s', (_, spec) => {
    const { create } = asks(spec);
    expect(requiredBy(create({ labels: { team: value } }))).toMatch(/^vm: /);
    expect(create({ labels: { team: 'none' } })).toEqual([]);
  });

  it('is a key as any other', () => {
    const { create } = asks({ ...vm, scoring: { labels: [{ key: value, weights: { a: 5, b: 0 } }] } });
    expect(requiredBy(create({ labels: { [value]: 'a' } }))).toMatch(/^vm: /);
    expect(create({ labels: { [value]: 'b' } })).toEqual([]);
  });

  it('is the name of an account, of a class and of a rule', () => {
    const exemption = object('SandboxExemption', 'e', {
      match: { namespaces: [SHOP], serviceAccounts: [value.toLowerCase()] },
      waive: [{ signal: 'hostNetwork' }],
      ...{ owner: 'team', reason: 'a test', expires: '2026-12-31T00:00:00Z' },
    });
    const { create } = ground([exemption], { classes: [[value.toLowerCase(), 'runsc']] });
    const spec = { containers: [container()], hostNetwork: true };
    expect(create({ spec: { ...spec, serviceAccountName: value.toLowerCase() } })).toEqual([]);
    expect(create({ spec })).toHaveLength(1);
  });
});
