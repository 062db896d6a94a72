import type { Remark } from '../report/checkup/checkup.ts';
import { count, quote } from '../report/text.ts';
import { failure, warning } from './check.ts';
import type { AdmissionBinding, AdmissionPolicy } from './state.ts';

/** What keeps a ValidatingAdmissionPolicy of this project from denying anything. */
export function flawsOf(policy: AdmissionPolicy, bindings: readonly AdmissionBinding[]): readonly Remark[] {
  const name = policy.metadata?.name ?? '';
  const who = `ValidatingAdmissionPolicy ${quote(name)}`;
  const fix = 'Install the chart again.';
  const bound = bindings.filter(({ spec }) => spec?.policyName === name);
  const denies = bound.some(({ spec }) => (spec?.validationActions ?? []).includes('Deny'));
  const warnings = policy.status?.typeChecking?.expressionWarnings ?? [];
  const { generation } = policy.metadata ?? {};
  const checked = policy.status?.observedGeneration;
  return [
    ...(bound.length === 0 ? [failure(`${who} has no binding, so it does nothing.`, fix)] : []),
    ...(bound.length > 0 && !denies ? [failure(`No binding of ${who} denies.`, fix)] : []),
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
