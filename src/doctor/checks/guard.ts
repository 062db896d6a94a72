import { quote } from '../../report/text.ts';
import { flawsOf } from '../admission-policy.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { GUARD, SNAPSHOT_ANNOTATION } from '../names.ts';

/** The guard denies in the API server itself what no sandbox contains, also with every replica dead. */
export const guard = defineCheck({
  id: 'guard',
  group: 'Guard and locks',
  title: 'the guard is in force, and made from the policies of today',
  reads: ['admissionPolicies', 'admissionBindings'],
  run: ({ admissionPolicies, admissionBindings }, { snapshot }) => {
    const policy = admissionPolicies.find(({ metadata }) => metadata?.name === GUARD);
    if (!policy) return idle('not installed');
    const annotations = policy.metadata?.annotations as Readonly<Record<string, string>> | undefined;
    const madeFrom = annotations?.[SNAPSHOT_ANNOTATION];
    const empty = (policy.spec?.validations ?? []).length === 0;
    const behind = madeFrom !== undefined && madeFrom !== snapshot.version;
    return {
      remarks: [
        ...flawsOf(policy, admissionBindings),
        ...(empty
          ? [
              failure(
                'The guard has nothing to say: the leader writes it, and has not yet.',
                'See that a replica leads (serve --guard) and may update the guard; its log says why it could not.',
              ),
            ]
          : []),
        ...(behind
          ? [
              warning(
                `The guard was made from policies ${quote(madeFrom)}, in force are ${quote(snapshot.version)}.`,
                'See that a replica leads and may update the guard. If policies come from files, give them with --policy.',
              ),
            ]
          : []),
      ],
    };
  },
});
