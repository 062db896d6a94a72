import type { NamespaceFacts } from '../../pod/namespace.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { quote, sentence } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/** kube-apiserver --request-timeout: the time of a whole request. */
const REQUEST_SECONDS = 60;
/** Above this, a hanging webhook of ours is noticeable. */
const OWN_SECONDS = 5;

/**
 * Mutating webhooks are called one after the other, validating ones at the same time. A hanging webhook costs its whole
 * timeout, even with failurePolicy Ignore (kubernetes#128162).
 */
export const webhookTimeouts = defineCheck({
  id: 'webhook-timeouts',
  group: 'Installation',
  title: 'hanging webhooks do not use up the time that a request may take',
  reads: ['mutating', 'validating', 'namespaces'],
  run: ({ mutating, validating, namespaces }) => {
    const onPods = [...mutating, ...validating].filter(entry => isCalledFor(entry, 'CREATE', 'pods'));
    if (onPods.length === 0) return idle('no webhook is called for Pods');
    const [worst] = namespaces
      .map(namespace => ({ name: namespace.name, seconds: secondsFor(namespace, onPods) }))
      .toSorted((a, b) => b.seconds - a.seconds);
    if (!worst?.seconds) return { seen: 'no namespace is selected by a webhook', remarks: [] };
    return {
      seen: `at most ${worst.seconds} s, in namespace ${quote(worst.name)}`,
      remarks: [...together(worst.name, worst.seconds), ...onPods.filter(isOwn).flatMap(tooLong)],
    };
  },
});

function secondsFor({ labels }: NamespaceFacts, onPods: readonly Registration[]): number {
  const called = onPods.filter(({ reaches }) => reaches(labels));
  const seconds = (kind: Registration['kind']): number[] =>
    called.filter(entry => entry.kind === kind).map(({ timeoutSeconds }) => timeoutSeconds);
  return seconds('mutating').reduce((sum, one) => sum + one, 0) + Math.max(0, ...seconds('validating'));
}

function together(namespace: string, seconds: number): readonly Remark[] {
  if (seconds <= REQUEST_SECONDS / 2) return [];
  const say = seconds >= REQUEST_SECONDS ? failure : warning;
  return [
    say(
      `If all webhooks hang, creating a Pod in ${quote(namespace)} takes ${seconds} s of the ${REQUEST_SECONDS} s that a request may take.`,
      'Lower timeoutSeconds of the webhooks with the longest, or have them called for fewer objects.',
    ),
  ];
}

function tooLong(entry: Registration): readonly Remark[] {
  if (entry.timeoutSeconds <= OWN_SECONDS) return [];
  const message = `${callName(entry)} has timeoutSeconds ${entry.timeoutSeconds}, so a replica that hangs delays every Pod by that long; an answer takes milliseconds`;
  return [warning(sentence(message), 'Set timeoutSeconds to 2, as the chart does.')];
}
