import type { ContainerView, PodView } from '../pod/view.ts';
import { eachContainer, NOTHING } from '../pod/visit.ts';
import { type CapabilityClass, capabilityGuard, classify, normalise } from './capability-names.ts';
import { guarded } from './guards.ts';
import { itemOccurrences } from './items.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

/*
Field:   securityContext.capabilities.add of every container
Allowed: the Baseline set, spelt so; Restricted allows only NET_BIND_SERVICE
Field:   securityContext.capabilities.drop of every container
Allowed: must include ALL (Restricted; Windows Pods are exempt)

Each capability that is added is a hit of exactly one signal; `capability-names.ts` says of which.
*/
const SOURCE = 'https://man7.org/linux/man-pages/man7/capabilities.7.html';
const FIX = 'remove the capability from capabilities.add';

const itself = (raw: string): string => raw;

/** Inspects `capabilities.add` of every container for one class of names. */
const added = (wanted: CapabilityClass): Signal['inspect'] => {
  const judge = (raw: string) => (classify(raw) === wanted ? normalise(raw) : undefined);
  const look = (container: ContainerView) =>
    itemOccurrences(
      container.own.capabilities?.add,
      judge,
      container.path,
      '.securityContext.capabilities.add',
      '',
      itself,
    );
  return pod => eachContainer(pod, look);
};

export const capabilityHostRoot: Signal = {
  id: 'capabilityHostRoot',
  category: 'exposure',
  weight: 60,
  title: 'Capability that equals host root',
  reason: 'on the host kernel this capability is enough to become root on the host',
  fix: FIX,
  mend: removing,
  source: SOURCE,
  ...guarded(capabilityGuard('hostRoot')),
  inspect: added('hostRoot'),
};

export const capabilityHostKernel: Signal = {
  id: 'capabilityHostKernel',
  category: 'exposure',
  weight: 60,
  title: 'Capability over the kernel itself',
  reason: 'this capability acts on the kernel that all Pods of the node share',
  fix: FIX,
  mend: removing,
  source: SOURCE,
  ...guarded(capabilityGuard('hostKernel')),
  inspect: added('hostKernel'),
};

export const capabilityNetAdmin: Signal = {
  id: 'capabilityNetAdmin',
  category: 'exposure',
  weight: 30,
  title: 'Capability NET_ADMIN',
  phrase: 'the capability NET_ADMIN',
  reason: 'it opens the packet filters and routing of the kernel, a frequent way to exploit it',
  fix: FIX,
  mend: removing,
  source: SOURCE,
  ...guarded(capabilityGuard('netAdmin')),
  inspect: added('netAdmin'),
};

export const capabilityNetRaw: Signal = {
  id: 'capabilityNetRaw',
  category: 'exposure',
  weight: 30,
  title: 'Capability NET_RAW',
  phrase: 'the capability NET_RAW',
  reason: 'raw sockets can forge packets of neighbours, and have been a way to exploit the kernel',
  fix: FIX,
  mend: removing,
  source: SOURCE,
  ...guarded(capabilityGuard('netRaw')),
  inspect: added('netRaw'),
};

export const capabilityOther: Signal = {
  id: 'capabilityOther',
  category: 'exposure',
  weight: 30,
  title: 'Other capability beyond Baseline',
  phrase: 'another capability beyond Baseline',
  reason:
    'the capability is beyond the Baseline set, or not spelt as Kubernetes has it (CHOWN, not cap_chown)',
  fix: FIX,
  mend: removing,
  source: SOURCE,
  ...guarded(capabilityGuard('other')),
  inspect: added('other'),
};

const addedBaseline = added('baseline');

export const capabilityBaseline: Signal = {
  id: 'capabilityBaseline',
  category: 'hygiene',
  weight: 3,
  title: 'Capability within Baseline',
  reason: 'Restricted allows only NET_BIND_SERVICE',
  fix: FIX,
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => (pod.windows ? NOTHING : addedBaseline(pod)),
};

export const capabilityNotDropped: Signal = {
  id: 'capabilityNotDropped',
  category: 'hygiene',
  weight: 4,
  title: 'Capabilities not dropped',
  phrase: 'capabilities that are not dropped',
  reason: 'the container keeps the capabilities that the runtime gives by default',
  fix: 'set capabilities.drop to [ALL]',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => eachContainer(pod, keepsDefaults),
};

const keepsDefaults = (container: ContainerView, pod: PodView) =>
  pod.windows || container.own.capabilities?.drop?.includes('ALL')
    ? undefined
    : { path: `${container.path}.securityContext.capabilities.drop` };
