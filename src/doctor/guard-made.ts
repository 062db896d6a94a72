import type { RuntimeClassFacts } from '../cluster/view.ts';
import { hasFront } from '../guard/front.ts';
import { fitGuard, type Guard, NOTHING_REFUSED } from '../guard/guard.ts';
import { EARLIER_ANNOTATION, REFUSED_ANNOTATION, REFUSED_EXEMPTIONS_ANNOTATION } from '../guard/names.ts';
import { isRule, sortRules } from '../guard/rules.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { Context } from './check.ts';
import { covers } from './covers.ts';
import type { AdmissionPolicy } from './state.ts';

/**
 * The guard that the leader makes of today's policies, if the stored one is the same.
 * @returns undefined where it says something else
 * @throws GuardTooLarge
 */
export function guardAsMade(
  stored: AdmissionPolicy,
  classes: readonly RuntimeClassFacts[],
  { snapshot, now }: Pick<Context, 'snapshot' | 'now'>,
): Guard | undefined {
  const refused = {
    ...NOTHING_REFUSED,
    namespaces: new Set(namesIn(stored, REFUSED_ANNOTATION)),
    exemptions: new Set(namesIn(stored, REFUSED_EXEMPTIONS_ANNOTATION)),
    rules: refusedRules(stored, snapshot),
  };
  const besideLabels = hasFront(stored.spec?.matchConditions);
  const guard = fitGuard(snapshot, classes, now, { refused, besideLabels });
  return covers(stored.spec, guard.policy.spec) ? guard : undefined;
}

/** The annotations that the leader writes on the guard. */
export const annotationsOf = ({ metadata }: AdmissionPolicy): Readonly<Record<string, string | undefined>> =>
  (metadata?.annotations ?? {}) as Readonly<Record<string, string>>;

/** Cluster policies that are not in the guard as they are. Only the leader knows what stands in for them. */
export const earlierPolicies = (stored: AdmissionPolicy): readonly string[] =>
  namesIn(stored, EARLIER_ANNOTATION);

const namesIn = (stored: AdmissionPolicy, annotation: string): readonly string[] =>
  (annotationsOf(stored)[annotation] ?? '').split(',').filter(name => name !== '');

/**
 * The rules that the API server refused. The object does not name them: they are those that it lacks. They are found one after
 * the other, as each one leaves more of the share to the rest. If rules are missing for another reason, the rest of the guard
 * differs, too.
 */
function refusedRules(stored: AdmissionPolicy, { policies }: Snapshot): ReadonlySet<string> {
  const variables = (stored.spec?.variables ?? []) as readonly { name: string; expression: string }[];
  const has = new Set(variables.filter(isRule).map(({ expression }) => expression));
  const refused = new Set<string>();
  for (;;) {
    const lacking = sortRules(policies, refused)
      .inGuard.flatMap(({ rules }) => rules)
      .find(({ expression }) => !has.has(expression));
    if (!lacking) return refused;
    refused.add(lacking.expression);
  }
}
