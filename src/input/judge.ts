import type { ClusterView } from '../cluster/view.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { RunningPod } from './cluster.ts';
import type { PodSubject } from './subjects.ts';

/** What Pods are judged against. */
export interface Ground {
  readonly snapshot: Snapshot;
  readonly view: ClusterView;
}

/**
 * The decision that the webhook would make if the object were created now.
 * @param groups of whoever creates it
 */
export function judge(
  subject: Pick<PodSubject, 'pod' | 'namespace'>,
  { snapshot, view }: Ground,
  now: number,
  groups: readonly string[] = [],
): Decision {
  const request = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: '', groups },
    pod: subject.pod,
    namespaceName: subject.namespace,
    namespace: view.namespace(subject.namespace),
  };
  return decide(request, snapshot, view, now);
}

/** Of whoever would make it anew. */
export const groupsOf = ({ mirror }: RunningPod): readonly string[] => (mirror ? ['system:nodes'] : []);
