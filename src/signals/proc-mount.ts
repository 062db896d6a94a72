import type { ContainerView } from '../pod/view.ts';
import { eachContainer, NOTHING } from '../pod/visit.ts';
import { anySecured, guarded, unwaived } from './guards.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';
import { inUserNamespace } from './user-namespace.ts';

/*
The runtime masks parts of /proc; any procMount but Default takes the mask away.

Field:   securityContext.procMount of every container
Allowed: undefined, Default
Level:   Baseline

Since 1.35 Baseline allows any value with `hostUsers: false`: the mask is about what root of the host may do, which root
of a user namespace is not (KEP-4265). A kubelet whose runtime cannot give a user namespace does not start the Pod.
*/
export const procMount: Signal = {
  id: 'procMount',
  category: 'exposure',
  weight: 30,
  title: 'Unmasked /proc',
  reason: 'parts of /proc that reach into the kernel are no longer masked',
  fix: 'remove procMount',
  mend: removing,
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  ...guarded(lens => {
    const value = "c.?securityContext.?procMount.orValue('Default')";
    const found = anySecured(lens, unwaived(lens, `${value} != 'Default'`, value, 'c'));
    return `${lens.pod}.spec.?hostUsers.orValue(true) && ${found}`;
  }),
  inspect: pod => (inUserNamespace(pod) ? NOTHING : eachContainer(pod, unmasked)),
};

/*
The same in a user namespace, which Restricted does not allow.

Field:   securityContext.procMount of every container
Allowed: undefined, Default
Level:   Restricted, since 1.35
*/
export const procMountInUserNamespace: Signal = {
  id: 'procMountInUserNamespace',
  category: 'hygiene',
  weight: 4,
  title: 'Unmasked /proc in a user namespace',
  reason: 'parts of /proc that reach into the kernel are held by the user namespace alone',
  fix: 'remove procMount',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => (inUserNamespace(pod) ? eachContainer(pod, unmasked) : NOTHING),
};

function unmasked(container: ContainerView) {
  const { procMount: value } = container.own;
  if (value == null || value === 'Default') return undefined;
  return { path: `${container.path}.securityContext.procMount`, value };
}
