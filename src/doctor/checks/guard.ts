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

/** The guard denies in the API server itself what no sandbox contains, also with every replica dead. */
export const guard = defineCheck({
  id: 'guard',
  group: 'Guard and locks',
  title: 'the guard is in force, and made from the policies of today',
  reads: ['admissionPolicies', 'admissionBindings', 'runtimeClasses', 'validating', 'namespaces'],
  run: ({ admissionPolicies, admissionBindings, runtimeClasses, validating, namespaces }, context) => {
    const policy = admissionPolicies.find(({ metadata }) => metadata?.name === GUARD);
    if (!policy) return idle('not installed');
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

/** What it says, held against what the policies in force make of it. */
function contents(policy: AdmissionPolicy, beside: Beside, context: Context): readonly Remark[] {
  if ((policy.spec?.validations ?? []).length === 0) {
    return [
      failure(
        'The guard has nothing to say: the leader writes it, and has not yet.',
        'See that a replica leads (serve --guard) and may update the guard; its log says why it could not.',
      ),
    ];
  }
  const earlier = earlierPolicies(policy);
  if (earlier.length > 0) {
    return [
      failure(
        `The guard does not have ClusterSandboxPolicies as they are, but as they were written last, or, where they are new, not at all: ${someOf(earlier.map(quote))}. So the rest of it is not compared.`,
        'See the status of each: it says why, and what to do.',
      ),
    ];
  }
  try {
    return compared(policy, beside, context);
  } catch (error) {
    if (!(error instanceof GuardTooLarge)) throw error;
    return [
      failure(
        `The policies and exemptions in force are too many for the guard, so an older one is in force: ${error.message}.`,
        'Make cluster policies and exemptions smaller, or fewer.',
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
        `The guard was made from policies ${quote(madeFrom ?? '')}, and ${quote(version)} are in force.`,
        'See that a replica leads and may update the guard. If policies come from files, give them with --policy.',
      ),
    ];
  }
  if (made) return [...besideMissing(policy, made, beside), ...partsMissing(made)];
  return [
    failure(
      'The guard does not say what the policies and RuntimeClasses of today make of it: somebody changed it, or one of them changed just now.',
      'Run it again in a minute. If it stays so, see that a replica leads and may update the guard.',
    ),
  ];
}

/** What the guard passes over in namespaces with labels that ask something of their Pods, the guard of labels judges. */
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
      `The guard passes over Pods in which nothing is found, and ${quote(GUARD_OF_LABELS)}, which judges them by the labels of their namespaces, is not in force beside it: somebody changed it, or one of its bindings.`,
      'Run it again in a minute: a leader puts it back, or lets the guard judge every Pod. If it stays so, install the chart again, and see that a replica leads.',
    ),
  ];
}

/** Namespaces where the webhook enforces, and the guard would not, should every replica be dead. */
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
      `The guard is not bound to ${someOf(missed)}, where the webhook enforces.`,
      'Install the chart again, with the values that it has.',
    ),
  ];
}
