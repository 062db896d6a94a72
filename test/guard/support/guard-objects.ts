import type { RuntimeClassFacts } from '../../../src/cluster/view.ts';
import { type BindingOptions, guardBindings } from '../../../src/guard/binding.ts';
import { fitGuard } from '../../../src/guard/guard.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';
import type { Bound } from './admission-objects.ts';

/** All objects of the guard, as an installation with these options has them. */
export function guardObjects(
  snapshot: Snapshot,
  classes: readonly RuntimeClassFacts[],
  now: number,
  options: BindingOptions = {},
): readonly Bound[] {
  const { policy, ofLabels } = fitGuard(snapshot, classes, now, { besideLabels: true });
  const bindings = guardBindings(options);
  return [ofLabels, policy].map(one => ({
    policy: one,
    bindings: bindings.filter(({ spec }) => spec.policyName === one.metadata.name),
  }));
}
