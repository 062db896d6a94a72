import { GUARD } from '../guard/names.ts';
import { compileSelector, type LabelSelector, type Matcher } from '../policy/selector.ts';
import { flawsOf } from './admission-policy.ts';
import type { AdmissionBinding, AdmissionPolicy } from './state.ts';

/**
 * True for the labels of a Namespace where the guard is in force: it exists, says something, and is bound so that it denies.
 * Whether it says what today's policies say is another question (the check `guard`).
 */
export function guardReaches(
  policies: readonly AdmissionPolicy[],
  bindings: readonly AdmissionBinding[],
): Matcher {
  const guard = policies.find(({ metadata }) => metadata?.name === GUARD);
  const works =
    guard !== undefined &&
    (guard.spec?.validations ?? []).length > 0 &&
    flawsOf(guard, bindings).every(({ mark }) => mark !== 'failure');
  if (!works) return () => false;
  const selectors = bindings
    .filter(({ spec }) => spec?.policyName === GUARD && (spec.validationActions ?? []).includes('Deny'))
    .map(({ spec }) => compileSelector(spec?.matchResources?.namespaceSelector as LabelSelector | undefined));
  return labels => selectors.some(matches => matches(labels));
}
