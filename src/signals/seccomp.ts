import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer, eachSecurityContext } from '../pod/visit.ts';
import { guarded } from './guards.ts';
import { holderOf, remove } from './mend.ts';
import { nodeProfile } from './node-profile.ts';
import type { Signal } from './signal.ts';

/*
The filter on system calls.

Fields:  spec.securityContext.seccompProfile.type, and the same of every container
Allowed: RuntimeDefault, Localhost; undefined is within Baseline and a lapse against Restricted

The alpha annotations have had no effect since 1.27.
*/
const SOURCE = 'https://kubernetes.io/docs/tutorials/security/seccomp/';
const FIELD = nodeProfile('seccompProfile');

/** An unconfined profile is a finding wherever it is, even where each container overrides it (Baseline). */
export const seccompUnconfined: Signal = {
  id: 'seccompUnconfined',
  category: 'exposure',
  weight: 30,
  title: 'No seccomp filter',
  phrase: 'a missing seccomp filter',
  reason: 'every system call of the kernel is within reach',
  fix: 'set seccompProfile.type to RuntimeDefault',
  // An API server accepts no profile without a type.
  mend: ({ path, value }) => [
    value ? { op: 'replace', path, value: 'RuntimeDefault' } : remove(holderOf(path)),
  ],
  source: SOURCE,
  ...guarded(FIELD.unconfinedAt),
  inspect: pod => eachSecurityContext(pod, FIELD.unconfined),
};

/** Neither the container nor the Pod sets a profile: a lapse against Restricted, from which Windows is exempt. */
export const seccompUnset: Signal = {
  id: 'seccompUnset',
  category: 'hygiene',
  weight: 4,
  title: 'Seccomp profile not set',
  phrase: 'a seccomp profile that is not set',
  reason: 'without a profile the container is unfiltered, unless the kubelet defaults to one',
  fix: 'set seccompProfile.type to RuntimeDefault on the Pod',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => eachContainer(pod, unset),
};

const unset = (container: ContainerView, pod: PodView) =>
  container.effective.seccompType === undefined && !pod.windows
    ? { path: `${container.path}.securityContext.seccompProfile.type` }
    : undefined;

/** A profile from the node's disk, which sandboxes do not apply by default. */
export const seccompLocalhost: Signal = {
  id: 'seccompLocalhost',
  category: 'requirement',
  weight: 0,
  title: 'Seccomp profile of its own',
  reason: 'a filter that was written for this workload must be applied',
  fix: 'set seccompProfile.type to RuntimeDefault if the sandbox is enough of a filter',
  source: SOURCE,
  inspect: pod => eachSecurityContext(pod, FIELD.localhost),
};
