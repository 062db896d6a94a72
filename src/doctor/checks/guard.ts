import { bindingsCoverLabels } from '../../guard/binding.ts';
import { hasFront } from '../../guard/front.ts';
import type { Guard } from '../../guard/guard.ts';
import { GUARD, GUARD_OF_LABELS, SNAPSHOT_ANNOTATION } from '../../guard/names.ts';
import type { AdmissionBinding as GuardBinding } from '../../guard/object.ts';
import { GuardTooLarge } from '../../guard/too-large.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import { compileSelector, type LabelSelector } from '../../policy/selector.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { quote, someOf } from '../../source/text.ts';
import { flawsOf } from '../admission-policy.ts';
import { type Context, defineCheck, failure, idle, warning } from '../check.ts';
import { covers } from '../covers.ts';
import { annotationsOf, earlierPolicies, guardAsMade } from '../guard-made.ts';
import { partsMissing } from '../guard-parts.ts';
import type { AdmissionBinding, AdmissionPolicy, Known } from '../state.ts';
import { isOwn, type Registration } from '../webhooks.ts';

/** The guard denies in the API server itself what no sandbox contains, even with every replica dead. */
export const guard = defineCheck({
  id: 'guard',
  group: 'Guard and locks',
  title: 'the guard is in force, and was made from the current policies',
  reads: ['admissionPolicies', 'admissionBindings', 'runtimeClasses', 'validating', 'namespaces'],
  run: ({ admissionPolicies, admissionBindings, runtimeClasses, validating, namespaces }, context) => {
    const policy = admissionPolicies.find(({ metadata }) => metadata?.name === GUARD);
    if (!policy) return idle('the guard is not installed');
    return {
      remarks: [
        ...flawsOf(policy, admissionBindings),
        ...contents(policy, { admissionPolicies, admissionBindings, runtimeClasses }, context),
        ...unreached(admissionBindings, validating, namespaces),
      ],
    };
  },
});

type Beside = Pick<Known, 'admissionPolicies' | 'admissionBindings' | 'runtimeClasses'>;

/** Compares what the guard says with what the policies in force make of it. */
function contents(policy: AdmissionPolicy, beside: Beside, context: Context): readonly Remark[] {
  if ((policy.spec?.validations ?? []).length === 0) {
    return [
      failure(
        'The guard is empty, so it denies nothing: the leader writes it, and has not done so yet.',
        'Check that a replica leads (metric cofferdam_leader) and runs with --guard. If it may not write the guard, its log says why.',
      ),
    ];
  }
  const earlier = earlierPolicies(policy);
  if (earlier.length > 0) {
    return [
      failure(
        `The API server did not accept the current version of some ClusterSandboxPolicies in the guard, which has their previous version, or nothing of those that are new: ${someOf(earlier.map(quote))}. The rest of the guard was not compared.`,
        'Read the status of each of these policies, which says why and what to do: kubectl describe clustersandboxpolicies',
      ),
    ];
  }
  try {
    return compared(policy, beside, context);
  } catch (error) {
    if (!(error instanceof GuardTooLarge)) throw error;
    return [
      failure(
        `The policies and exemptions in force are too large for the guard, so an older guard is still in force: ${error.message}.`,
        'Shorten or merge cluster policies and exemptions, and delete those that nobody needs.',
      ),
    ];
  }
}

/** @throws GuardTooLarge */
function compared(policy: AdmissionPolicy, beside: Beside, context: Context): readonly Remark[] {
  const made = guardAsMade(policy, beside.runtimeClasses, context);
  const { version } = context.snapshot;
  const madeFrom = annotationsOf(policy)[SNAPSHOT_ANNOTATION];
  if (madeFrom !== version) {
    return [
      warning(
        `The guard was made from policies ${quote(madeFrom ?? '')}, but ${quote(version)} are in force.`,
        'Run this again in a minute. If it stays so, check that a replica leads and may update the guard. If the replicas read policies from files, give the same files with --policy.',
      ),
    ];
  }
  if (made) return [...besideMissing(policy, made, beside), ...partsMissing(made)];
  return [
    failure(
      'The guard is not what the current policies and RuntimeClasses would make it: either somebody has edited it, or a policy or a class has just changed.',
      'Run this again in a minute. If it stays so, check that a replica leads and may update the guard.',
    ),
  ];
}

/** The guard of labels judges what the guard skips in namespaces with labels that require something of their Pods. */
function besideMissing(
  policy: AdmissionPolicy,
  { ofLabels }: Guard,
  { admissionPolicies, admissionBindings }: Beside,
): readonly Remark[] {
  if (!hasFront(policy.spec?.matchConditions)) return [];
  const stored = admissionPolicies.find(({ metadata }) => metadata?.name === GUARD_OF_LABELS);
  const stands =
    stored !== undefined &&
    covers(stored.spec, ofLabels.spec) &&
    bindingsCoverLabels(admissionBindings as unknown as readonly GuardBinding[]);
  if (stands) return flawsOf(stored, admissionBindings);
  return [
    failure(
      `The guard skips Pods without findings, and ${quote(GUARD_OF_LABELS)}, which should judge them by the labels of their namespaces, is not in force. Somebody has changed it, or one of its bindings.`,
      'Run this again in a minute: the leader restores it, or lets the guard judge every Pod. If it stays so, run helm upgrade again with the same values, and check that a replica leads.',
    ),
  ];
}

/** Namespaces where the webhook enforces, but the guard would not if every replica were dead. */
function unreached(
  bindings: readonly AdmissionBinding[],
  validating: readonly Registration[],
  namespaces: readonly NamespaceFacts[],
): readonly Remark[] {
  const bound = bindings.filter(({ spec }) => spec?.policyName === GUARD);
  const enforcing = validating.filter(entry => isOwn(entry) && entry.mode === 'enforce');
  if (bound.length === 0) return [];
  const reaches = bound.map(({ spec }) =>
    compileSelector(spec?.matchResources?.namespaceSelector as LabelSelector | undefined),
  );
  const missed = namespaces
    .filter(({ labels }) => enforcing.some(entry => entry.reaches(labels)))
    .filter(({ labels }) => !reaches.some(matches => matches(labels)))
    .map(({ name }) => quote(name));
  if (missed.length === 0) return [];
  return [
    failure(
      `The guard is not bound to ${someOf(missed)}, where the webhook enforces. While no replica answers, Pods there are admitted unjudged.`,
      'Run helm upgrade again with the same values.',
    ),
  ];
}
