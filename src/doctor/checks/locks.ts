import { locksFor } from '../../guard/locks.ts';
import { LOCK_PREFIX } from '../../guard/names.ts';
import { builtinProfileTable } from '../../profiles/builtin.ts';
import { list, quote } from '../../source/text.ts';
import { flawsOf } from '../admission-policy.ts';
import { defineCheck, failure, idle } from '../check.ts';
import { covers } from '../covers.ts';
import type { AdmissionPolicy } from '../state.ts';

/** Locks leave labels, classes, profiles and registrations to those who may bypass. */
export const locks = defineCheck({
  id: 'locks',
  group: 'Guard and locks',
  title: 'the locks are in force',
  reads: ['admissionPolicies', 'admissionBindings'],
  run: ({ admissionPolicies, admissionBindings }, { snapshot }) => {
    const found = admissionPolicies.filter(({ metadata }) => metadata?.name?.startsWith(LOCK_PREFIX));
    if (found.length === 0) return idle('the locks are not installed');
    // The chart's locks know the built-in profiles; those that `export guard` prints also know the cluster's own.
    const sound = [snapshot.profiles, builtinProfileTable()].flatMap(locksFor).map(({ policy }) => policy);
    const names = found.map(nameOf);
    const missing = [...new Set(sound.map(nameOf))].filter(name => !names.includes(name));
    const changed = found.filter(
      policy => !sound.some(one => nameOf(one) === nameOf(policy) && covers(policy.spec, one.spec)),
    );
    const fix = 'Run helm upgrade again with the same values.';
    return {
      seen: list(names.map(name => name.slice(LOCK_PREFIX.length))),
      remarks: [
        ...missing.map(name =>
          failure(
            `ValidatingAdmissionPolicy ${quote(name)} is missing, although other locks are there. What it protects can be changed by people without the verb bypass.`,
            fix,
          ),
        ),
        ...changed.map(policy =>
          failure(
            `ValidatingAdmissionPolicy ${quote(nameOf(policy))} differs from what this version of Cofferdam installs, so it may let changes through.`,
            fix,
          ),
        ),
        ...found.flatMap(policy => flawsOf(policy, admissionBindings)),
      ],
    };
  },
});

const nameOf = ({ metadata }: Pick<AdmissionPolicy, 'metadata'>): string => metadata?.name ?? '';
