import { MODE_LABEL } from '../../pod/labels.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, list } from '../../source/text.ts';
import { defineCheck, failure, idle } from '../check.ts';
import { guardReaches } from '../guarded.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/** What each of the two must be called for: the first changes Pods, the second judges what comes of it. */
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
  title: 'the webhooks are registered for all that makes or changes Pods',
  reads: ['mutating', 'validating', 'admissionPolicies', 'admissionBindings'],
  run: ({ mutating, validating, admissionPolicies, admissionBindings }) => {
    const [mutate, validate] = [mutating.filter(isOwn), validating.filter(isOwn)];
    if (mutate.length + validate.length === 0) return idle('not installed');
    const leaves = validate.length > 0 && leavesCreation(validate);
    const guarded = leaves && guardReaches(admissionPolicies, admissionBindings)(ENFORCED);
    const entries = `${count(mutate.length, 'mutating entry', 'mutating entries')}, ${validate.length} validating`;
    return {
      seen: guarded ? `${entries}; what is made in enforced namespaces is left to the guard` : entries,
      remarks: [
        ...remarksOn('mutating', mutate),
        ...remarksOn('validating', validate),
        ...(leaves && !guarded ? [LEFT_TO_NOBODY] : []),
        ...[...mutate, ...validate].flatMap(settings),
      ],
    };
  },
});

const FIX = 'Install the chart again, or set it as the chart has it.';

/** The labels of a namespace that asks for `enforce` itself. */
const ENFORCED = { [MODE_LABEL]: 'enforce' };

/** Whether creations are left to the guard, as with the chart's `webhooks.validateCreation: false`. */
const leavesCreation = (validate: readonly Registration[]): boolean =>
  !validate.some(entry => entry.mode === 'enforce' && isCalledFor(entry, 'CREATE', 'pods'));

const LEFT_TO_NOBODY = failure(
  'No validating webhook of mode enforce is called for CREATE of pods, and no guard is in force: what a mutating webhook adds later is judged by nobody.',
  'Set webhooks.validateCreation to true, or see the check of the guard.',
);

function remarksOn(kind: Registration['kind'], entries: readonly Registration[]): readonly Remark[] {
  if (entries.length === 0) {
    return [failure(`No ${kind} webhook is registered, though the other one is.`, FIX)];
  }
  const uncalled = CALLS[kind].filter(
    ([operation, resource]) => !entries.some(entry => isCalledFor(entry, operation, resource)),
  );
  if (uncalled.length === 0) return [];
  const what = list(uncalled.map(call => call.join(' of ')));
  return [failure(`No ${kind} webhook is called for ${what}.`, FIX)];
}

/** What lets a request past an entry that should see it. */
function settings(entry: Registration): readonly Remark[] {
  const who = callName(entry);
  return [
    ...(entry.selectsObjects
      ? [failure(`${who} has an objectSelector: whoever labels a Pod can step past it.`, FIX)]
      : []),
    ...(entry.matchPolicy === 'Equivalent'
      ? []
      : [failure(`${who} has matchPolicy ${entry.matchPolicy}: other versions of the API go past it.`, FIX)]),
    ...(entry.kind === 'mutating' && entry.reinvocationPolicy !== 'IfNeeded'
      ? [failure(`${who} is not called again when a later webhook adds a container.`, FIX)]
      : []),
    ...(entry.sideEffects === 'None'
      ? []
      : [failure(`${who} claims side effects, so dry runs are refused.`, FIX)]),
  ].map(remark => ({ ...remark, message: remark.message.charAt(0).toUpperCase() + remark.message.slice(1) }));
}
