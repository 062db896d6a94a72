import { GUARD, GUARD_OF_LABELS, LOCK_PREFIX } from '../../guard/names.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { GROUP } from '../../source/group.ts';
import { count, list, quote, sentence, someOf } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import type { Known } from '../state.ts';
import { callName, isOwn } from '../webhooks.ts';

type Read = Pick<
  Known,
  'mutating' | 'validating' | 'namespaces' | 'admissionPolicies' | 'admissionBindings' | 'crds'
>;

/** What remains of an installation that is gone, or half gone, and denies Pods or misleads people. */
export const leftovers = defineCheck({
  id: 'leftovers',
  group: 'Installation',
  title: 'nothing is left over from an installation that is gone',
  reads: ['mutating', 'validating', 'namespaces', 'admissionPolicies', 'admissionBindings', 'crds'],
  run: known => {
    const installed = [...known.mutating, ...known.validating].some(isOwn);
    const remarks = [...orphans(known), ...dangling(known), ...(installed ? [] : remains(known))];
    return installed || remarks.length > 0 ? { remarks } : idle('Cofferdam was never installed');
  },
});

/** A registration whose Service is gone with its namespace denies everything that it is called for, or costs its timeout. */
function orphans({ mutating, validating, namespaces }: Read): readonly Remark[] {
  return [...mutating, ...validating].filter(isOwn).flatMap(entry => {
    const { serviceNamespace, configuration, kind, failurePolicy } = entry;
    if (!serviceNamespace || namespaces.some(({ name }) => name === serviceNamespace)) return [];
    const message = `${callName(entry)} calls a Service in namespace ${quote(serviceNamespace)}, which does not exist, so every such call fails`;
    const fix = `Delete it: kubectl delete ${kind}webhookconfiguration ${configuration}`;
    return [(failurePolicy === 'Fail' ? failure : warning)(sentence(message), fix)];
  });
}

function dangling({ admissionPolicies, admissionBindings }: Read): readonly Remark[] {
  const names = new Set(admissionPolicies.map(({ metadata }) => metadata?.name));
  const own = admissionBindings.filter(
    ({ spec }) => isPart(spec?.policyName) && !names.has(spec?.policyName),
  );
  return own.map(({ metadata }) =>
    warning(
      `ValidatingAdmissionPolicyBinding ${quote(metadata?.name ?? '')} binds a policy that does not exist, so it does nothing.`,
      `Delete it: kubectl delete validatingadmissionpolicybinding ${metadata?.name}`,
    ),
  );
}

function remains({ namespaces, admissionPolicies, crds }: Read): readonly Remark[] {
  const policies = admissionPolicies.flatMap(({ metadata }) =>
    isPart(metadata?.name) ? (metadata?.name ?? []) : [],
  );
  const definitions = crds
    .filter(({ spec }) => spec?.group === GROUP)
    .map(({ metadata }) => metadata?.name ?? '');
  const labelled = namespaces
    .filter(({ labels }) => labels[MODE_LABEL] !== undefined)
    .map(({ name }) => quote(name));
  return [
    ...(policies.length > 0
      ? [
          failure(
            `${policies.length === 1 ? 'ValidatingAdmissionPolicy' : 'ValidatingAdmissionPolicies'} ${list(policies.map(quote))} still ${policies.length === 1 ? 'denies' : 'deny'} requests, although no webhook of Cofferdam is registered.`,
            `Delete what is left: kubectl delete validatingadmissionpolicy ${policies.join(' ')}`,
          ),
        ]
      : []),
    ...(definitions.length > 0
      ? [
          warning(
            `${count(definitions.length, 'CustomResourceDefinition of Cofferdam is', 'CustomResourceDefinitions of Cofferdam are')} still there, but no webhook is registered that goes by their objects.`,
            `Install the chart again, or run "kubectl delete crd ${definitions.join(' ')}", which also deletes all policies, exemptions and profiles.`,
          ),
        ]
      : []),
    ...(labelled.length > 0
      ? [
          warning(
            `${count(labelled.length, 'namespace')} ${labelled.length === 1 ? 'has' : 'have'} the label ${MODE_LABEL}, but no webhook is registered that goes by it: ${someOf(labelled)}.`,
            `Install the chart again, or run "kubectl label namespaces --all ${MODE_LABEL}-".`,
          ),
        ]
      : []),
  ];
}

const isPart = (name: string | null | undefined): boolean =>
  name === GUARD || name === GUARD_OF_LABELS || (name?.startsWith(LOCK_PREFIX) ?? false);
