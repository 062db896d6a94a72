import type { ClusterView } from '../cluster/view.ts';
import type { Decision, DecisionRequest } from '../decision/decision.ts';
import type { Ground } from '../decision/ground.ts';
import type { Pod } from '../pod/kube.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { Subject } from '../report/subject.ts';
import type { AdmissionRequest } from './review.ts';

export interface JudgeDeps {
  readonly decide: (request: DecisionRequest, snapshot: Snapshot, view: ClusterView, now: number) => Decision;
  /** What is in force now; swapped whole by a reload, so it is read once a request. */
  readonly current: () => Ground;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What is asked about besides the request itself. */
export interface Question {
  readonly pod: Pod;
  /** CREATE for a template, which is judged as the Pod that its controller will create. */
  readonly operation: string;
  /** Whether the Pod is a template as it was written: what an API server fills in of it is still open. */
  readonly isWritten?: boolean;
  /** The Pod as it is stored; undefined when there is none, or none that can be read. */
  readonly oldPod?: Pod | undefined;
}

/** Decides on a Pod of this request, and keeps what it was decided with. */
export function ask(
  { subResource, userInfo, namespace }: AdmissionRequest,
  { pod, operation, isWritten = false, oldPod }: Question,
  { decide, current, now }: JudgeDeps,
): { readonly decision: Decision; readonly view: ClusterView } {
  const { snapshot, view } = current();
  const request: DecisionRequest = {
    operation,
    subresource: subResource,
    userInfo,
    pod,
    isWritten,
    oldPod,
    namespaceName: namespace,
    // Undefined when it is not known: the decision then fails closed (GHSA-jrr2-x33p-6hvc).
    namespace: view.namespace(namespace),
  };
  return { decision: decide(request, snapshot, view, now()), view };
}

/** The object that messages name. */
export function subjectOf(request: AdmissionRequest, kind: string, pod: Pod): Subject {
  const serviceAccount = pod.spec?.serviceAccountName;
  return {
    kind,
    name: request.name || pod.metadata?.name || pod.metadata?.generateName || '',
    namespace: request.namespace,
    ...(serviceAccount && { serviceAccount }),
  };
}
