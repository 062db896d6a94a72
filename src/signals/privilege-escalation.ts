import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/*
Without no_new_privs a set-user-ID binary gains what the container's user lacks.

Field:   securityContext.allowPrivilegeEscalation of every container
Allowed: false; Windows Pods are exempt
Level:   Restricted
*/
export const allowPrivilegeEscalation: Signal = {
  id: 'allowPrivilegeEscalation',
  category: 'hygiene',
  weight: 5,
  title: 'Privilege escalation allowed',
  phrase: 'allowed privilege escalation',
  reason: 'a set-user-ID binary of the image can gain privileges',
  fix: 'set allowPrivilegeEscalation to false',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => eachContainer(pod, mayEscalate),
};

function mayEscalate(container: ContainerView, pod: PodView) {
  const { allowPrivilegeEscalation: value } = container.effective;
  if (value === false || pod.windows) return undefined;
  const path = `${container.path}.securityContext.allowPrivilegeEscalation`;
  return value === undefined ? { path } : { path, value };
}
