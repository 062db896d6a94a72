import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { builtinView } from '../../src/cluster/builtin.ts';
import { type BindingOptions, guardBindings } from '../../src/guard/binding.ts';
import { fitGuard, guardSeeds } from '../../src/guard/guard.ts';
import { locksFor } from '../../src/guard/locks.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import { snapshotOf } from '../support/snapshot.ts';

const read = (path: string): unknown[] =>
  parseAllDocuments(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).map(one => one.toJS());

it('the chart has a guard that takes nothing back from one that the leader wrote', () => {
  const seeds = guardSeeds();
  expect(read('charts/cofferdam/files/guard.yaml')).toEqual(seeds);
  expect(seeds.map(({ metadata }) => metadata)).toEqual([
    { name: 'cofferdam-guard-labels' },
    { name: 'cofferdam-guard' },
  ]);
  const classes = builtinView().runtimeClasses();
  const { policy, ofLabels } = fitGuard(snapshotOf(), classes, 0, { besideLabels: true });
  for (const [i, written] of [ofLabels, policy].entries()) {
    expect(written).toMatchObject(seeds[i] as object);
    expect(written.metadata.annotations).toBeDefined();
    expect(seeds[i]?.spec).not.toHaveProperty('validations');
  }
});

it('the chart has every lock, and a binding of each', () => {
  const locks = locksFor(builtinProfileTable());
  expect(read('charts/cofferdam/files/locks.yaml')).toEqual(
    locks.flatMap(({ policy, binding }) => [policy, binding]),
  );
  expect(locks.map(({ policy }) => policy.metadata.name)).toEqual([
    'cofferdam-lock-namespaces',
    'cofferdam-lock-runtimeclasses',
    'cofferdam-lock-objects',
    'cofferdam-lock-webhooks',
  ]);
  expect(locks.map(({ binding }) => binding.spec)).toEqual(
    locks.map(({ policy }) => ({ policyName: policy.metadata.name, validationActions: ['Deny'] })),
  );
});

it('the bindings that the chart is held against are those of the code', () => {
  const cases = read('test/golden/guard-bindings.yaml') as { values: BindingOptions; bindings: unknown }[];
  expect(cases.map(({ values }) => guardBindings(values))).toEqual(cases.map(({ bindings }) => bindings));
  expect(cases.map(({ values }) => values.defaultMode)).toEqual(['warn', 'enforce', 'off']);
});
