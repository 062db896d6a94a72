import { MODE_LABEL } from '../../pod/labels.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { capitalized, count, list } from '../../source/text.ts';
import { defineCheck, failure, idle } from '../check.ts';
import { guardReaches } from '../guarded.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/** What each of the two must be called for: the first changes Pods, and the second judges the result. */
const CALLS = {
  mutating: [['CREATE', 'pods']],
  validating: [
    ['UPDATE', 'pods'],
    ['UPDATE', 'pods/ephemeralcontainers'],
    ['UPDATE', 'pods/resize'],
  ],
} as const;

export const webhooksRegistered = defineCheck({
  id: 'webhooks-registered',
  group: 'Installation',
  title: 'the webhooks are registered for every request that makes or changes a Pod',
  reads: ['mutating', 'validating', 'admissionPolicies', 'admissionBindings'],
  run: ({ mutating, validating, admissionPolicies, admissionBindings }) => {
    const [mutate, validate] = [mutating.filter(isOwn), validating.filter(isOwn)];
    if (mutate.length + validate.length === 0) return idle('Cofferdam is not installed');
    const leaves = validate.length > 0 && leavesCreation(validate);
    const guarded = leaves && guardReaches(admissionPolicies, admissionBindings)(ENFORCED);
    const entries = `${count(mutate.length, 'mutating entry', 'mutating entries')}, ${validate.length} validating`;
    return {
      seen: guarded ? `${entries}; the guard judges what is created in enforced namespaces` : entries,
      remarks: [
        ...remarksOn('mutating', mutate),
        ...remarksOn('validating', validate),
        ...(leaves && !guarded ? [LEFT_TO_NOBODY] : []),
        ...[...mutate, ...validate].flatMap(settings),
      ],
    };
  },
});

const FIX = 'Run helm upgrade again with the same values.';

/** The labels of a namespace that asks for `enforce` itself. */
const ENFORCED = { [MODE_LABEL]: 'enforce' };

/** Whether creations are left to the guard, as with the chart's `webhooks.validateCreation: false`. */
const leavesCreation = (validate: readonly Registration[]): boolean =>
  !validate.some(entry => entry.mode === 'enforce' && isCalledFor(entry, 'CREATE', 'pods'));

const LEFT_TO_NOBODY = failure(
  'No validating webhook of mode enforce is called for CREATE of pods, and no guard is in force, so nothing judges what another mutating webhook adds to a Pod later.',
  'Set webhooks.validateCreation=true in the chart, or mend what the checks of the guard say.',
);

function remarksOn(kind: Registration['kind'], entries: readonly Registration[]): readonly Remark[] {
  if (entries.length === 0) {
    return [failure(`No ${kind} webhook of Cofferdam is registered, although the other kind is.`, FIX)];
  }
  const uncalled = CALLS[kind].filter(
    ([operation, resource]) => !entries.some(entry => isCalledFor(entry, operation, resource)),
  );
  if (uncalled.length === 0) return [];
  const what = list(uncalled.map(call => call.join(' of ')));
  return [failure(`No ${kind} webhook is called for ${what}.`, FIX)];
}

/** Settings that let a request bypass an entry that should see it. */
function settings(entry: Registration): readonly Remark[] {
  const who = callName(entry);
  return [
    ...(entry.selectsObjects
      ? [failure(`${who} has an objectSelector, so whoever labels a Pod can bypass it.`, FIX)]
      : []),
    ...(entry.matchPolicy === 'Equivalent'
      ? []
      : [
          failure(
            `${who} has matchPolicy ${entry.matchPolicy}, so requests in other versions of the API bypass it.`,
            FIX,
          ),
        ]),
    ...(entry.kind === 'mutating' && entry.reinvocationPolicy !== 'IfNeeded'
      ? [
          failure(
            `${who} has reinvocationPolicy Never, so it does not see what a later webhook adds to a Pod.`,
            FIX,
          ),
        ]
      : []),
    ...(entry.sideEffects === 'None'
      ? []
      : [failure(`${who} declares side effects, so the API server refuses dry runs.`, FIX)]),
  ].map(remark => ({ ...remark, message: capitalized(remark.message) }));
}
