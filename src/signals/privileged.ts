import type { ContainerView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import { anySecured, guarded, unwaived } from './guards.ts';
import { type Mend, remove } from './mend.ts';
import type { Signal } from './signal.ts';

/*
A privileged container has every capability, every host device, no seccomp, no AppArmor and unmasked /proc and /sys:
on the host kernel it is root on the host.

Fields:  spec.{containers,initContainers,ephemeralContainers}[*].securityContext.privileged
Allowed: undefined, false
Level:   Baseline
*/
/**
 * Removes bidirectional propagation as well, as the API server accepts it only in privileged containers
 * (`ValidateVolumeMounts`).
 */
const unprivileged: Mend = ({ path }, { containers }) => {
  const container = containers.find(one => path.startsWith(`${one.path}.`));
  const mounts = (container?.spec.volumeMounts ?? []).flatMap(({ mountPropagation }, i) =>
    mountPropagation === 'Bidirectional'
      ? [remove(`${container?.path}.volumeMounts[${i}].mountPropagation`)]
      : [],
  );
  return [remove(path), ...mounts];
};

export const privileged: Signal = {
  id: 'privileged',
  category: 'breakout',
  weight: 70,
  title: 'Privileged container',
  reason: 'a privileged container on the host kernel is root on the host',
  fix: 'remove securityContext.privileged, and add the one capability or device that is needed instead',
  mend: unprivileged,
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
  ...guarded(lens =>
    anySecured(lens, unwaived(lens, 'c.?securityContext.?privileged.orValue(false)', "'true'", 'c')),
  ),
  inspect: pod => eachContainer(pod, isPrivileged),
};

const isPrivileged = (container: ContainerView) =>
  container.effective.privileged
    ? { path: `${container.path}.securityContext.privileged`, value: true }
    : undefined;
