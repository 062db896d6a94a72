import { list } from '../../report/text.ts';
import { flawsOf } from '../admission-policy.ts';
import { defineCheck, idle } from '../check.ts';
import { LOCK_PREFIX } from '../names.ts';

/** Locks keep labels, classes, profiles and registrations in the hands of those who may bypass. */
export const locks = defineCheck({
  id: 'locks',
  group: 'Guard and locks',
  title: 'the locks are in force',
  reads: ['admissionPolicies', 'admissionBindings'],
  run: ({ admissionPolicies, admissionBindings }) => {
    const found = admissionPolicies.filter(({ metadata }) => metadata?.name?.startsWith(LOCK_PREFIX));
    if (found.length === 0) return idle('not installed');
    return {
      seen: list(found.map(({ metadata }) => metadata?.name?.slice(LOCK_PREFIX.length) ?? '')),
      remarks: found.flatMap(policy => flawsOf(policy, admissionBindings)),
    };
  },
});
