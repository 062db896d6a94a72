import { count, quote } from '../../report/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { homesOf, isOwn, SERVICE } from '../webhooks.ts';

/** Whether anybody is there to be called. A slice lists Pods of a Service, ready or not (KEP-752). */
export const webhookEndpoints = defineCheck({
  id: 'webhook-endpoints',
  group: 'Installation',
  title: 'replicas are ready to answer',
  reads: ['mutating', 'validating', 'endpointSlices'],
  run: ({ mutating, validating, endpointSlices }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('not installed');
    const homes = homesOf(own);
    if (homes.length === 0) return idle('no webhook calls a Service of this project');
    const ready = homes.map(namespace => ({
      namespace,
      replicas: endpointSlices
        .filter(({ metadata }) => metadata?.namespace === namespace)
        .flatMap(({ endpoints }) => endpoints ?? [])
        // Unset means ready (EndpointConditions).
        .filter(({ conditions }) => conditions?.ready !== false).length,
    }));
    return {
      seen: count(
        ready.reduce((sum, { replicas }) => sum + replicas, 0),
        'replica',
      ),
      remarks: ready.flatMap(({ namespace, replicas }) => remarksOn(namespace, replicas)),
    };
  },
});

function remarksOn(namespace: string, replicas: number) {
  const who = `Service ${quote(SERVICE)} in ${quote(namespace)}`;
  if (replicas === 0) {
    const fix = `See why: kubectl -n ${namespace} get pods,events`;
    return [failure(`${who} has no ready replica: no call of the webhook is answered.`, fix)];
  }
  if (replicas > 1) return [];
  return [warning(`${who} has one ready replica: while it is moved, none answers.`, 'Run two or more.')];
}
