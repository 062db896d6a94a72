import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { guardTeller, type Teller } from '../../src/controller/guard/tell.ts';
import type { Lacks } from '../../src/controller/missing-from-guard.ts';
import type { Because } from '../../src/guard/left-out.ts';
import type { RuleOfWebhook, WhyOfWebhook } from '../../src/guard/rules.ts';
import { createLogger } from '../../src/log/logger.ts';

let logged: Record<string, unknown>[];
let registry: Registry;
let teller: Teller;

beforeEach(() => {
  logged = [];
  registry = new Registry();
  teller = guardTeller(
    createLogger('info', line => logged.push(JSON.parse(line))),
    registry,
  );
});

const gauge = async (what: string) =>
  (await registry.getSingleMetric('cofferdam_guard_left_out')?.get())?.values.find(
    ({ labels }) => labels.what === what,
  )?.value;

const rule = (policy: string, name: string, because: WhyOfWebhook) =>
  ({ policy: { name: policy }, rule: { name }, because }) as unknown as RuleOfWebhook;
const lacks = (
  rulesOfWebhook: readonly RuleOfWebhook[],
  left: Readonly<Record<string, Because>> = {},
): Lacks => ({
  rulesOfWebhook,
  clusterLeftOut: [],
  leftOut: new Map(
    Object.entries(left).map(([name, because]) => [name, { most: 2, because, bytes: 40_000 }]),
  ),
});
/** What was said since it was asked last: the level, of what, and why. */
const said = () =>
  logged
    .splice(0)
    .map(({ level, policy, rule: name, namespace, because }) =>
      [level, policy, name, namespace, because].filter(one => one !== undefined).join(' '),
    );

describe('a rule that is left out of the guard', () => {
  it('is told once, again where the reason is another, and that it is over', () => {
    const [a, b] = [rule('p', 'a', 'unbounded'), rule('p', 'b', 'no-room')];
    teller.tellLeftOut(lacks([a, b]));
    expect(said()).toEqual(['warn p a unbounded', 'warn p b no-room']);
    teller.tellLeftOut(lacks([a, b]));
    expect(said()).toEqual([]);
    teller.tellLeftOut(lacks([a, rule('p', 'b', 'too-many')]));
    expect(said()).toEqual(['warn p b too-many']);
    teller.tellLeftOut(lacks([a]));
    expect(said()).toEqual(['info p b']);
    teller.tellLeftOut(lacks([a, b]));
    expect(said()).toEqual(['warn p b no-room']);
  });

  it('is another one than that of the same name in another policy', () => {
    teller.tellLeftOut(lacks([rule('p', 'a', 'unseen')]));
    teller.tellLeftOut(lacks([rule('p', 'a', 'unseen'), rule('q', 'a', 'unseen')]));
    expect(said()).toEqual(['warn p a unseen', 'warn q a unseen']);
  });

  it('is counted, but for those of SandboxPolicies, which are never in it', async () => {
    teller.tellLeftOut(lacks([rule('p', 'a', 'unseen'), rule('own', 'b', 'namespaced')]));
    expect(said()).toEqual(['warn p a unseen']);
    expect([await gauge('rule'), await gauge('namespace')]).toEqual([1, 0]);
  });

  it('is told anew by whoever leads again', async () => {
    teller.tellLeftOut(lacks([rule('p', 'a', 'unseen')]));
    teller.forget();
    expect(await gauge('rule')).toBeUndefined();
    said();
    teller.tellLeftOut(lacks([rule('p', 'a', 'unseen')]));
    expect(said()).toEqual(['warn p a unseen']);
  });
});

it('a namespace that is left out is told once, again where the reason is another, and that it is over', async () => {
  teller.tellLeftOut(lacks([], { a: 'share', b: 'room' }));
  teller.tellLeftOut(lacks([], { a: 'share', b: 'room' }));
  expect(said()).toEqual(['warn a share', 'warn b room']);
  expect(await gauge('namespace')).toBe(2);
  teller.tellLeftOut(lacks([], { a: 'refused' }));
  expect(said()).toEqual(['warn a refused', 'info b']);
});

it('exemptions and cluster policies that are left out are told once, counted, and told that it is over', async () => {
  const some = [
    { kind: 'SandboxExemption', name: 'one', because: 'room' },
    { kind: 'ClusterSandboxPolicy', name: 'one', because: 'refused', hasEarlier: true },
  ] as const;
  const without = (clusterLeftOut: Lacks['clusterLeftOut']): Lacks => ({ ...lacks([]), clusterLeftOut });
  const named = () => logged.splice(0).map(({ level, kind, because }) => [level, kind, because]);
  teller.tellLeftOut(without(some));
  teller.tellLeftOut(without(some));
  expect(named()).toEqual([
    ['warn', 'SandboxExemption', 'room'],
    ['warn', 'ClusterSandboxPolicy', 'refused'],
  ]);
  expect([await gauge('exemption'), await gauge('policy')]).toEqual([1, 1]);
  teller.tellLeftOut(without(some.slice(1)));
  expect(named()).toEqual([['info', 'SandboxExemption', undefined]]);
  teller.forget();
  teller.tellLeftOut(without([]));
  expect(await gauge('policy')).toBe(0);
});

it('a problem is told once, another one again, and that it is over', () => {
  for (const problem of ['a', 'a', 'b', undefined, undefined]) teller.tell(problem);
  expect(logged.map(({ reason, msg }) => reason ?? msg)).toEqual(['a', 'b', 'the guard is in step again']);
});
