import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { MODES, modeOf } from '../../pod/mode.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, list, quote, sentence, someOf } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { guardReaches } from '../guarded.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/**
 * Entries are selected by the namespace's label. System namespaces and the webhook's own must be out of reach: with
 * failurePolicy Fail, a webhook that is down could not be started again.
 */
export const webhookScope = defineCheck({
  id: 'webhook-scope',
  group: 'Installation',
  title: 'every namespace is selected by the webhook entry of its mode, and no system namespace by any',
  reads: ['mutating', 'validating', 'namespaces', 'admissionPolicies', 'admissionBindings'],
  run: ({ mutating, validating, namespaces, admissionPolicies, admissionBindings }) => {
    const own = [...mutating, ...validating]
      .filter(isOwn)
      .filter(entry => OPERATIONS.some(operation => isCalledFor(entry, operation, 'pods')));
    if (own.length === 0) return idle('Cofferdam is not installed');
    const guarded = guardReaches(admissionPolicies, admissionBindings);
    const [system, others] = [namespaces.filter(isSystem), namespaces.filter(one => !isSystem(one))];
    return {
      remarks: [
        ...own.flatMap(entry => reachesSystem(entry, system)),
        ...own.flatMap(entry => reachesItself(entry, others)),
        ...unreached(
          'mutating',
          own.filter(({ kind }) => kind === 'mutating'),
          others,
          () => ['CREATE'],
        ),
        ...unreached(
          'validating',
          own.filter(({ kind }) => kind === 'validating'),
          others,
          // With webhooks.validateCreation false, creations are left to the guard.
          labels => (guarded(labels) ? ['UPDATE'] : OPERATIONS),
        ),
      ],
    };
  },
});

const OPERATIONS = ['CREATE', 'UPDATE'] as const;

const isSystem = ({ name }: NamespaceFacts): boolean => SYSTEM_NAMESPACES.includes(name);
const FIX = 'Run helm upgrade again with the same values, which sets the namespaceSelector right.';

function reachesSystem(entry: Registration, system: readonly NamespaceFacts[]): readonly Remark[] {
  const names = system.filter(({ labels }) => entry.reaches(labels)).map(({ name }) => name);
  if (names.length === 0) return [];
  const say = entry.failurePolicy === 'Fail' ? failure : warning;
  return [
    say(
      sentence(`${callName(entry)} is called for Pods of ${list(names)}, which Cofferdam must leave alone`),
      FIX,
    ),
  ];
}

function reachesItself(entry: Registration, namespaces: readonly NamespaceFacts[]): readonly Remark[] {
  const home = namespaces.find(({ name }) => name === entry.serviceNamespace);
  if (!home || entry.failurePolicy !== 'Fail' || !entry.reaches(home.labels)) return [];
  const message = `${callName(entry)} is called for Pods of ${quote(home.name)}, where its own replicas run: once they are down, they cannot start again`;
  return [failure(sentence(message), FIX)];
}

/** In an enforced namespace that no entry of its mode is called for, nobody is asked. */
function unreached(
  kind: Registration['kind'],
  entries: readonly Registration[],
  namespaces: readonly NamespaceFacts[],
  wanted: (labels: NamespaceFacts['labels']) => readonly string[],
): readonly Remark[] {
  if (entries.length === 0) return [];
  const labelled = namespaces.filter(({ labels }) => labels[MODE_LABEL] !== undefined);
  return MODES.filter(mode => mode !== 'off').flatMap(mode => {
    const asked = (operation: string, labels: NamespaceFacts['labels']): boolean =>
      entries.some(
        entry => entry.mode === mode && isCalledFor(entry, operation, 'pods') && entry.reaches(labels),
      );
    const missed = labelled
      .filter(({ labels }) => modeOf(labels[MODE_LABEL]) === mode)
      .map(({ name, labels }) => ({
        name: quote(name),
        operations: list(wanted(labels).filter(operation => !asked(operation, labels))),
      }))
      .filter(({ operations }) => operations !== '');
    return [...Map.groupBy(missed, ({ operations }) => operations)].map(([operations, which]) => {
      const who = `${count(which.length, 'namespace')} of mode ${mode}`;
      const message = `${who} ${which.length === 1 ? 'is' : 'are'} not selected by a ${kind} webhook of that mode for ${operations} of Pods: ${someOf(which.map(({ name }) => name))}.`;
      return (mode === 'enforce' ? failure : warning)(message, FIX);
    });
  });
}
