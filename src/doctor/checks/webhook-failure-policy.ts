import { GUARD } from '../../guard/names.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { sentence } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { callName, isCalledFor, isOwn, type Registration } from '../webhooks.ts';

/** What happens to Pods while no replica answers. */
export const webhookFailurePolicy = defineCheck({
  id: 'webhook-failure-policy',
  group: 'Installation',
  title: 'Pods of enforced namespaces are not admitted unjudged while the webhook is down',
  reads: ['mutating', 'validating', 'admissionPolicies'],
  run: ({ mutating, validating, admissionPolicies }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('Cofferdam is not installed');
    const guarded = admissionPolicies.some(({ metadata }) => metadata?.name === GUARD);
    return { remarks: own.flatMap(entry => remarkOn(entry, guarded)) };
  },
});

function remarkOn(entry: Registration, guarded: boolean): readonly Remark[] {
  const fails = entry.failurePolicy === 'Fail';
  if (entry.mode === 'enforce') {
    // Workloads only cause warnings, and are never refused.
    const refuses = isCalledFor(entry, 'CREATE', 'pods') || isCalledFor(entry, 'UPDATE', 'pods');
    if (fails || guarded || !refuses) return [];
    const message = `${callName(entry)} has failurePolicy Ignore, and there is no guard, so every Pod is admitted while no replica answers`;
    return [
      failure(
        sentence(message),
        'Set guard.enabled=true in the chart, which installs the guard; or set failurePolicy Fail on the entries of mode enforce.',
      ),
    ];
  }
  if (!fails) return [];
  const message = `${callName(entry)} has failurePolicy Fail, so while no replica answers, no Pod is created even in namespaces that are not enforced`;
  return [warning(sentence(message), 'Set failurePolicy Ignore on this entry, as the chart does.')];
}
