import { expect, it } from 'vitest';
import type { Judgement } from '../../src/admission/judgement.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { snapshotOf } from '../support/snapshot.ts';

const BASE = snapshotOf();

/** Judged under the policy of this id. */
const judgedBy = (policy: string) =>
  ({
    verdict: 'admit',
    decision: { verdict: 'admit', governing: { policy }, findings: [] },
  }) as object as Judgement;

const withPolicies = (...named: readonly (readonly [name: string, namespace?: string])[]): Snapshot => ({
  ...BASE,
  policies: named.map(([name, namespace]) => ({ ...BASE.fallback, name, ...(namespace && { namespace }) })),
});

async function countsAfter(snapshots: readonly Snapshot[], policies: readonly string[]) {
  const metrics = createMetrics('test');
  const count = () => {
    for (const policy of policies) metrics.judged(judgedBy(policy), 'mutate', 'enforce', 0);
    return metrics.registry.getSingleMetricAsString('cofferdam_decisions_total');
  };
  let shown = '';
  for (const snapshot of snapshots) {
    metrics.inForce(snapshot);
    shown = await count();
  }
  return [...shown.matchAll(/policy="([^"]*)",verdict="admit"\} (\d+)/g)].map(([, name, n]) => [
    name,
    Number(n),
  ]);
}

it('policies of namespaces are counted together, by no name that their author chose', async () => {
  const snapshot = withPolicies(['balanced'], ['a', 'shop'], ['b', 'shop'], ['c', 'other']);
  expect(await countsAfter([snapshot], ['balanced', 'shop/a', 'shop/b', 'other/c'])).toEqual([
    ['balanced', 1],
    ['SandboxPolicy', 3],
  ]);
});

it('the counts of a policy that is deleted go with it, and a late decision does not bring them back', async () => {
  const [before, after] = [withPolicies(['balanced'], ['old']), withPolicies(['balanced'])];
  expect(await countsAfter([before], ['old'])).toEqual([['old', 1]]);
  expect(await countsAfter([before, after], ['balanced', 'old'])).toEqual([
    ['balanced', 2],
    ['ClusterSandboxPolicy', 1],
  ]);
});

it('of more than a hundred cluster policies the first by name are counted each', async () => {
  const names = Array.from({ length: 150 }, (_, i) => `p${String(i).padStart(3, '0')}`);
  const counts = await countsAfter([withPolicies(...names.map(name => [name] as const))], names);
  expect(counts).toHaveLength(101);
  expect(counts).toContainEqual(['p099', 1]);
  expect(counts).toContainEqual(['ClusterSandboxPolicy', 50]);
});
