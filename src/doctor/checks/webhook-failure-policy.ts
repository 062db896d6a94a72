import { GUARD } from '../../guard/names.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { sentence } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/** What happens to Pods while no replica answers. */
export const webhookFailurePolicy = defineCheck({
  id: 'webhook-failure-policy',
  group: 'Installation',
  title: 'Pods of enforced namespaces are not let in unseen while the webhook is down',
  reads: ['mutating', 'validating', 'admissionPolicies'],
  run: ({ mutating, validating, admissionPolicies }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('not installed');
    const guarded = admissionPolicies.some(({ metadata }) => metadata?.name === GUARD);
    return { remarks: own.flatMap(entry => remarkOn(entry, guarded)) };
  },
});

function remarkOn(entry: Registration, guarded: boolean): readonly Remark[] {
  const fails = entry.failurePolicy === 'Fail';
  if (entry.mode === 'enforce') {
    // Workloads are warned about, never refused.
    const refuses = isCalledFor(entry, 'CREATE', 'pods') || isCalledFor(entry, 'UPDATE', 'pods');
    if (fails || guarded || !refuses) return [];
    const message = `${callName(entry)} has failurePolicy Ignore, and there is no guard: with every replica down, all is let in`;
    return [
      failure(
        sentence(message),
        'Install the guard, or set failurePolicy Fail on the entries of mode enforce.',
      ),
    ];
  }
  if (!fails) return [];
  const message = `${callName(entry)} has failurePolicy Fail: while it is down, no Pod is made where nothing is enforced`;
  return [warning(sentence(message), 'Set failurePolicy Ignore.')];
}
