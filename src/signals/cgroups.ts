import type { ContainerView } from '../pod/view.ts';
import { eachAnnotation, eachContainer, type Occurrence } from '../pod/visit.ts';
import { inBrackets } from '../source/path.ts';
import type { Signal } from './signal.ts';

/*
A container that may write to its own part of the cgroups, and so can create more of them.

Field:   securityContext.cgroupOptions.mountMode of every container (KEP-5474)
Allowed: undefined, ReadOnly
Level:   Restricted, as the KEP has it; Pod Security Admission has no check yet
Field:   metadata.annotations['node.gke.io/enable-writable-cgroups.NAME'], which is GKE's own way to it
Allowed: undefined, anything but true

The kernel keeps a container within its own part (nsdelegate), but charges the memory of cgroups to nobody: some ten
thousand of them took a node down, which is why kubelets bound their number. In a sandbox they are those of the sandbox.
*/
export const writableCgroups: Signal = {
  id: 'writableCgroups',
  category: 'hygiene',
  weight: 5,
  title: 'Writable cgroups',
  phrase: 'writable cgroups',
  reason: 'each cgroup takes memory of the host that no limit of the Pod counts',
  fix: 'remove cgroupOptions unless the container divides its resources among processes of its own',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5474-enable-writable-cgroups',
  inspect(pod) {
    const fields = eachContainer(pod, writable);
    const annotations = eachAnnotation(pod, enabled);
    return annotations.length === 0 ? fields : [...fields, ...annotations];
  },
};

function writable({ own, path }: ContainerView) {
  const mode = own.cgroupOptions?.mountMode;
  if (mode == null || mode === '' || mode === 'ReadOnly') return undefined;
  return { path: `${path}.securityContext.cgroupOptions.mountMode`, value: mode };
}

export const WRITABLE_CGROUPS_PREFIX = 'node.gke.io/enable-writable-cgroups.';

const enabled = (key: string, value: string): Occurrence | undefined =>
  key.startsWith(WRITABLE_CGROUPS_PREFIX) && value === 'true'
    ? { path: `metadata.annotations${inBrackets(key)}`, value }
    : undefined;
