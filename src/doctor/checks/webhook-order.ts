import { count, quote, someOf } from '../../source/text.ts';
import { defineCheck, idle, warning } from '../check.ts';
import { isCalledFor, isOwn } from '../webhooks.ts';

/**
 * Mutating webhooks are called in the order of their configurations' names (apiserver
 * pkg/admission/configuration/mutating_webhook_manager.go). A later one changes Pods that have been judged; they are judged
 * again, so the order only affects the number of calls.
 */
export const webhookOrder = defineCheck({
  id: 'webhook-order',
  group: 'Installation',
  title: 'no other webhook changes Pods after Cofferdam has',
  reads: ['mutating'],
  run: ({ mutating }) => {
    const onPods = mutating.filter(entry => isCalledFor(entry, 'CREATE', 'pods'));
    const own = onPods.filter(isOwn).map(({ configuration }) => configuration);
    if (own.length === 0) return idle('Cofferdam is not installed');
    const last = own.toSorted().at(-1) ?? '';
    const later = onPods.filter(entry => !isOwn(entry) && entry.configuration > last);
    if (later.length === 0) return { remarks: [] };
    const names = someOf(later.map(({ configuration }) => quote(configuration)));
    return {
      remarks: [
        warning(
          `${count(later.length, 'mutating webhook')} ${later.length === 1 ? 'changes' : 'change'} Pods after ${quote(last)}: ${names}. A second call of Cofferdam judges what they change.`,
          'Nothing has to be done. If the second call costs too much, rename one of the configurations so that Cofferdam comes last.',
        ),
      ],
    };
  },
});
