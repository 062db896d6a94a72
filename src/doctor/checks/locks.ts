import { locksFor } from '../../guard/locks.ts';
import { list, quote } from '../../report/text.ts';
import { flawsOf } from '../admission-policy.ts';
import { defineCheck, failure, idle } from '../check.ts';
import { LOCK_PREFIX } from '../names.ts';

/** Locks keep labels, classes, profiles and registrations in the hands of those who may bypass. */
export const locks = defineCheck({
  id: 'locks',
  group: 'Guard and locks',
  title: 'the locks are in force',
  reads: ['admissionPolicies', 'admissionBindings'],
  run: ({ admissionPolicies, admissionBindings }, { snapshot }) => {
    const found = admissionPolicies.filter(({ metadata }) => metadata?.name?.startsWith(LOCK_PREFIX));
    if (found.length === 0) return idle('not installed');
    const names = found.map(({ metadata }) => metadata?.name ?? '');
    const missing = locksFor(snapshot.profiles)
      .map(({ policy }) => policy.metadata.name)
      .filter(name => !names.includes(name));
    return {
      seen: list(names.map(name => name.slice(LOCK_PREFIX.length))),
      remarks: [
        ...missing.map(name =>
          failure(
            `ValidatingAdmissionPolicy ${quote(name)} is not there, though others are.`,
            'Install the chart again.',
          ),
        ),
        ...found.flatMap(policy => flawsOf(policy, admissionBindings)),
      ],
    };
  },
});
