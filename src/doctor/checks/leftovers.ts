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

/** What an installation that is gone, or half gone, leaves to deny Pods or to mislead people. */
export const leftovers = defineCheck({
  id: 'leftovers',
  group: 'Installation',
  title: 'nothing is left of an installation that is gone',
  reads: ['mutating', 'validating', 'namespaces', 'admissionPolicies', 'admissionBindings', 'crds'],
  run: known => {
    const installed = [...known.mutating, ...known.validating].some(isOwn);
    const remarks = [...orphans(known), ...dangling(known), ...(installed ? [] : remains(known))];
    return installed || remarks.length > 0 ? { remarks } : idle('nothing was ever installed');
  },
});

/** A registration whose Service went with its namespace denies all that it is called for, or costs its timeout. */
function orphans({ mutating, validating, namespaces }: Read): readonly Remark[] {
  return [...mutating, ...validating].filter(isOwn).flatMap(entry => {
    const { serviceNamespace, configuration, kind, failurePolicy } = entry;
    if (!serviceNamespace || namespaces.some(({ name }) => name === serviceNamespace)) return [];
    const message = `${callName(entry)} calls a Service in namespace ${quote(serviceNamespace)}, which does not exist`;
    const fix = `kubectl delete ${kind}webhookconfiguration ${configuration}`;
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
      `ValidatingAdmissionPolicyBinding ${quote(metadata?.name ?? '')} is for a policy that does not exist.`,
      `kubectl delete validatingadmissionpolicybinding ${metadata?.name}`,
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
            `${list(policies)} still ${policies.length === 1 ? 'denies' : 'deny'} requests, with no webhook to go with it.`,
            `kubectl delete validatingadmissionpolicy ${policies.join(' ')}`,
          ),
        ]
      : []),
    ...(definitions.length > 0
      ? [
          warning(
            `${count(definitions.length, 'CustomResourceDefinition')} still there, with what policies they hold, and no webhook reads them.`,
            `Install the chart, or "kubectl delete crd ${definitions.join(' ')}", which deletes the policies too.`,
          ),
        ]
      : []),
    ...(labelled.length > 0
      ? [
          warning(
            `${count(labelled.length, 'namespace')} ${labelled.length === 1 ? 'has' : 'have'} the label ${MODE_LABEL}, and no webhook goes by it: ${someOf(labelled)}.`,
            `Install the chart, or "kubectl label namespaces --all ${MODE_LABEL}-".`,
          ),
        ]
      : []),
  ];
}

const isPart = (name: string | null | undefined): boolean =>
  name === GUARD || name === GUARD_OF_LABELS || (name?.startsWith(LOCK_PREFIX) ?? false);
