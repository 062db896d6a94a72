import { type LabelSelector, selects } from '../policy/selector.ts';
import type { Remark } from '../report/checkup/checkup.ts';
import { count, quote, sentence } from '../source/text.ts';
import { failure, warning } from './check.ts';
import type { AdmissionBinding, AdmissionPolicy } from './state.ts';

/** What keeps a ValidatingAdmissionPolicy of this project from denying anything. */
export function flawsOf(policy: AdmissionPolicy, bindings: readonly AdmissionBinding[]): readonly Remark[] {
  const name = policy.metadata?.name ?? '';
  const who = `ValidatingAdmissionPolicy ${quote(name)}`;
  const fix = 'Run helm upgrade again with the same values.';
  const bound = bindings.filter(({ spec }) => spec?.policyName === name);
  const denying = bound.filter(({ spec }) => (spec?.validationActions ?? []).includes('Deny'));
  const warnings = policy.status?.typeChecking?.expressionWarnings ?? [];
  const { generation } = policy.metadata ?? {};
  const checked = policy.status?.observedGeneration;
  return [
    ...(bound.length === 0 ? [failure(`${who} has no binding, so it refuses nothing.`, fix)] : []),
    ...(bound.length > 0 && denying.length === 0
      ? [failure(`No binding of ${who} has the action Deny, so it refuses nothing.`, fix)]
      : []),
    ...(denying.length > 0 && denying.every(isNarrow)
      ? [
          failure(
            `The binding of ${who} selects only some objects or resources, so the policy does not see the rest.`,
            fix,
          ),
        ]
      : []),
    ...((policy.spec?.failurePolicy ?? 'Fail') === 'Fail'
      ? []
      : [failure(`${who} has failurePolicy Ignore, so it admits what it cannot evaluate.`, fix)]),
    ...(warnings.length > 0
      ? [
          failure(
            sentence(
              `The API server reports an error in ${count(warnings.length, 'expression')} of ${who}: ${warnings[0]?.warning ?? 'it does not say which'}`,
            ),
            'Install a version of the chart that supports this version of Kubernetes (docs/support.md).',
          ),
        ]
      : []),
    ...(generation != null && checked != null && checked < generation
      ? [
          warning(
            `The API server has not processed the last change of ${who} yet.`,
            'Run this again in a minute.',
          ),
        ]
      : []),
  ];
}

/**
 * Whether a binding is narrower than it should be, except by namespaces, which it is there to select. An empty selector is what
 * the API server writes.
 */
function isNarrow({ spec }: AdmissionBinding): boolean {
  const { objectSelector, resourceRules, excludeResourceRules } = spec?.matchResources ?? {};
  return (
    selects(objectSelector as LabelSelector | undefined) ||
    (resourceRules ?? []).length > 0 ||
    (excludeResourceRules ?? []).length > 0
  );
}
