import { count, list, quote } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import type { EndpointSlice } from '../state.ts';
import { homesOf, isOwn, SERVICE } from '../webhooks.ts';

/**
 * Names the controller of a Service's slices. The controller of a Service with a selector removes what others write into its
 * slices (k8s.io/endpointslice, reconciler.go), so a slice with another value contains addresses that somebody added.
 */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';

/** Whether there is anything to call. A slice lists Pods of a Service, ready or not (KEP-752). */
export const webhookEndpoints = defineCheck({
  id: 'webhook-endpoints',
  group: 'Installation',
  title: 'replicas are ready to answer the API server',
  reads: ['mutating', 'validating', 'endpointSlices'],
  run: ({ mutating, validating, endpointSlices }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('Cofferdam is not installed');
    const homes = homesOf(own);
    if (homes.length === 0) return idle('the webhooks call no Service of Cofferdam');
    const ready = homes.map(namespace => {
      const slices = endpointSlices.filter(({ metadata }) => metadata?.namespace === namespace);
      const ours = slices.filter(isManaged);
      return {
        namespace,
        replicas: ours
          .flatMap(({ endpoints }) => endpoints ?? [])
          // If it is not set, the endpoint is ready (EndpointConditions).
          .filter(({ conditions }) => conditions?.ready !== false).length,
        foreign: slices.filter(one => !isManaged(one) && (one.endpoints ?? []).length > 0),
      };
    });
    return {
      seen: count(
        ready.reduce((sum, { replicas }) => sum + replicas, 0),
        'replica',
      ),
      remarks: ready.flatMap(({ namespace, replicas, foreign }) => [
        ...remarksOn(namespace, replicas),
        ...foreign.map(slice => remarkOnForeign(namespace, slice)),
      ]),
    };
  },
});

const isManaged = ({ metadata }: EndpointSlice): boolean => metadata?.labels?.[MANAGED_BY] === CONTROLLER;

function remarkOnForeign(namespace: string, { metadata, endpoints }: EndpointSlice) {
  const name = metadata?.name ?? '';
  const addresses = (endpoints ?? []).flatMap(one => one.addresses ?? []).map(quote);
  return failure(
    `EndpointSlice ${quote(name)} in ${quote(namespace)} was not made by Kubernetes, and sends some calls of the webhook to ${list(addresses)}.`,
    `Find out who made it, and delete it: kubectl -n ${namespace} delete endpointslice ${name}`,
  );
}

function remarksOn(namespace: string, replicas: number) {
  const who = `Service ${quote(SERVICE)} in ${quote(namespace)}`;
  if (replicas === 0) {
    const fix = `Find out why: kubectl -n ${namespace} get pods,events`;
    return [failure(`${who} has no ready replica, so no call of the webhook is answered.`, fix)];
  }
  if (replicas > 1) return [];
  return [
    warning(
      `${who} has only one ready replica, so nothing answers while it restarts or moves to another node.`,
      'Set replicas to 2 or more in the chart.',
    ),
  ];
}
