import { type LabelSelector, selects } from '../policy/selector.ts';
import type { Remark } from '../report/checkup/checkup.ts';
import { count, quote } from '../source/text.ts';
import { failure, warning } from './check.ts';
import type { AdmissionBinding, AdmissionPolicy } from './state.ts';

/** What keeps a ValidatingAdmissionPolicy of this project from denying anything. */
export function flawsOf(policy: AdmissionPolicy, bindings: readonly AdmissionBinding[]): readonly Remark[] {
  const name = policy.metadata?.name ?? '';
  const who = `ValidatingAdmissionPolicy ${quote(name)}`;
  const fix = 'Install the chart again.';
  const bound = bindings.filter(({ spec }) => spec?.policyName === name);
  const denying = bound.filter(({ spec }) => (spec?.validationActions ?? []).includes('Deny'));
  const warnings = policy.status?.typeChecking?.expressionWarnings ?? [];
  const { generation } = policy.metadata ?? {};
  const checked = policy.status?.observedGeneration;
  return [
    ...(bound.length === 0 ? [failure(`${who} has no binding, so it does nothing.`, fix)] : []),
    ...(bound.length > 0 && denying.length === 0 ? [failure(`No binding of ${who} denies.`, fix)] : []),
    ...(denying.length > 0 && denying.every(isNarrow)
      ? [failure(`The binding of ${who} leaves out requests by what they are of.`, fix)]
      : []),
    ...((policy.spec?.failurePolicy ?? 'Fail') === 'Fail'
      ? []
      : [failure(`${who} lets through what it cannot evaluate.`, fix)]),
    ...(warnings.length > 0
      ? [
          failure(
            `The API server finds fault with ${count(warnings.length, 'expression')} of ${who}: ${warnings[0]?.warning ?? ''}`,
            'Use the version of the chart that is made for this version of Kubernetes.',
          ),
        ]
      : []),
    ...(generation != null && checked != null && checked < generation
      ? [
          warning(
            `The API server has not looked at the last change of ${who} yet.`,
            'Run it again in a while.',
          ),
        ]
      : []),
  ];
}

/** Namespaces apart, which a binding is there to choose: an empty selector is what the API server writes. */
function isNarrow({ spec }: AdmissionBinding): boolean {
  const { objectSelector, resourceRules, excludeResourceRules } = spec?.matchResources ?? {};
  return (
    selects(objectSelector as LabelSelector | undefined) ||
    (resourceRules ?? []).length > 0 ||
    (excludeResourceRules ?? []).length > 0
  );
}
