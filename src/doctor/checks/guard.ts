import type { NamespaceFacts, RuntimeClassFacts } from '../../cluster/view.ts';
import { GuardTooLarge, guardFor } from '../../guard/guard.ts';
import { GUARD, SNAPSHOT_ANNOTATION } from '../../guard/names.ts';
import { compileSelector, type LabelSelector } from '../../policy/selector.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { quote } from '../../report/text.ts';
import { someOf } from '../../report/words.ts';
import { flawsOf } from '../admission-policy.ts';
import { type Context, defineCheck, failure, idle, warning } from '../check.ts';
import { covers } from '../covers.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../state.ts';
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
        ...contents(policy, runtimeClasses, context),
        ...unreached(admissionBindings, validating, namespaces),
      ],
    };
  },
});

/** What it says, held against what the policies in force make of it. */
function contents(
  policy: AdmissionPolicy,
  classes: readonly RuntimeClassFacts[],
  { snapshot, now }: Context,
): readonly Remark[] {
  if ((policy.spec?.validations ?? []).length === 0) {
    return [
      failure(
        'The guard has nothing to say: the leader writes it, and has not yet.',
        'See that a replica leads (serve --guard) and may update the guard; its log says why it could not.',
      ),
    ];
  }
  const annotations = policy.metadata?.annotations as Readonly<Record<string, string>> | undefined;
  const madeFrom = annotations?.[SNAPSHOT_ANNOTATION];
  if (madeFrom !== snapshot.version) {
    return [
      warning(
        `The guard was made from policies ${quote(madeFrom ?? '')}, in force are ${quote(snapshot.version)}.`,
        'See that a replica leads and may update the guard. If policies come from files, give them with --policy.',
      ),
    ];
  }
  if (covers(policy.spec, expectedSpec(snapshot, classes, now))) return [];
  return [
    failure(
      'The guard does not say what the policies and RuntimeClasses of today make of it: somebody changed it, or one of them changed just now.',
      'Run it again in a minute. If it stays so, see that a replica leads and may update the guard.',
    ),
  ];
}

/** Nothing where it does not fit into one object: the leader then says so, and leaves the last good one. */
function expectedSpec(...made: Parameters<typeof guardFor>): object {
  try {
    return guardFor(...made).spec;
  } catch (error) {
    if (error instanceof GuardTooLarge) return {};
    throw error;
  }
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
