import type { ClusterView } from '../cluster/view.ts';
import type { Pod } from '../pod/kube.ts';
import type { Snapshot } from '../policy/policy.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';

/** What Pods are judged against. */
export interface Ground {
  readonly snapshot: Snapshot;
  readonly view: ClusterView;
}

/**
 * The decision that the webhook would make if the Pod were created now.
 * @param now milliseconds since the epoch
 * @param groups the groups of whoever creates it
 */
export function decideCreation(
  {
    pod,
    namespace,
    isWritten = false,
  }: { readonly pod: Pod; readonly namespace: string; readonly isWritten?: boolean },
  { snapshot, view }: Ground,
  now: number,
  groups: readonly string[] = [],
): Decision {
  const request = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: '', groups },
    pod,
    isWritten,
    namespaceName: namespace,
    namespace: view.namespace(namespace),
  };
  return decide(request, snapshot, view, now);
}
