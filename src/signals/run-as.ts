import type { SecurityContext } from '../pod/kube.ts';
import type { ContainerView } from '../pod/view.ts';
import { eachContainer, eachSecurityContext, NOTHING } from '../pod/visit.ts';
import type { Signal } from './signal.ts';
import { inUserNamespace } from './user-namespace.ts';

/*
Who the processes are.

Fields:  spec.securityContext.{runAsNonRoot,runAsUser}, and the same of every container
Allowed: runAsNonRoot true, where a container without one takes the Pod's; runAsUser undefined or not 0
Level:   Restricted

Since 1.35 both are free with `hostUsers: false`: root of a user namespace is nobody on the host (KEP-127).
*/
const SOURCE = 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted';

export const runAsNonRoot: Signal = {
  id: 'runAsNonRoot',
  category: 'hygiene',
  weight: 4,
  title: 'May run as root',
  phrase: 'a user that may be root',
  reason: 'nothing keeps the image from running as root',
  fix: 'set runAsNonRoot to true on the Pod',
  source: SOURCE,
  inspect(pod) {
    if (inUserNamespace(pod)) return NOTHING;
    const hits = eachContainer(pod, mayBeRoot);
    // Pod Security Admission refuses an explicit false on the Pod even where each container overrides it.
    if (pod.spec.securityContext?.runAsNonRoot !== false) return hits;
    return [{ path: 'spec.securityContext.runAsNonRoot', value: false }, ...hits];
  },
};

function mayBeRoot(container: ContainerView) {
  const { runAsNonRoot: value } = container.effective;
  if (value === true) return undefined;
  const path = `${container.path}.securityContext.runAsNonRoot`;
  return value === undefined ? { path } : { path, value };
}

export const runAsRoot: Signal = {
  id: 'runAsRoot',
  category: 'hygiene',
  weight: 4,
  title: 'Runs as root',
  phrase: 'the user root',
  reason: 'uid 0 in the container is uid 0 on the host wherever a boundary fails',
  fix: 'set runAsUser to a number other than 0, or remove it',
  source: SOURCE,
  inspect: pod => (inUserNamespace(pod) ? NOTHING : eachSecurityContext(pod, isRoot)),
};

const isRoot = (context: SecurityContext, path: string) =>
  context.runAsUser === 0 ? { path: `${path}.securityContext.runAsUser`, value: 0 } : undefined;
