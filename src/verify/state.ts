import type { CoreV1Event } from '@kubernetes/client-node';
import type { Loose, Pod } from '../pod/kube.ts';

/** The state of a probe's Pod. */
export type ProbeState =
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed'; readonly why: string }
  | { readonly phase: 'waiting'; readonly why: string };

/** Reasons of a waiting container that do not go away. ErrImagePull alone is retried at once. */
const HOPELESS = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Reads a Pod's status. Pure. */
export function stateOf({ status }: Pod): ProbeState {
  if (status?.phase === 'Succeeded') return { phase: 'ended' };
  const container = status?.containerStatuses?.[0]?.state;
  if (status?.phase === 'Failed') {
    const ended = container?.terminated;
    const why = words(status.reason, status.message) ?? words(ended?.reason, ended?.message);
    return { phase: 'failed', why: why ?? 'the Pod failed' };
  }
  const waiting = container?.waiting;
  const why = words(waiting?.reason, waiting?.message);
  if (waiting?.reason && HOPELESS.has(waiting.reason)) return { phase: 'failed', why: why ?? waiting.reason };
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  return {
    phase: 'waiting',
    why: words(unscheduled?.reason, unscheduled?.message) ?? why ?? 'the Pod did not start',
  };
}

/** The last complaint of the cluster: where a runtime cannot start a Pod, only its events say so. */
export const complaintOf = (events: readonly Loose<CoreV1Event>[]): string | undefined => {
  const last = events.filter(({ type }) => type === 'Warning').at(-1);
  return words(last?.reason, last?.message);
};

type Text = string | null | undefined;

function words(reason: Text, message: Text): string | undefined {
  const parts = [reason, message?.replaceAll(/\s+/g, ' ')].filter(part => part);
  return parts.length > 0 ? parts.join(': ') : undefined;
}
