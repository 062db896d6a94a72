import type { Container } from '../pod/kube.ts';
import type { ContainerView } from '../pod/view.ts';
import { eachContainer } from '../pod/visit.ts';
import { anyContainer, guarded, unwaived } from './guards.ts';
import { isAgent } from './host-path.ts';
import { itemOccurrences, type OffendingValue } from './items.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

type Mount = NonNullable<Container['volumeMounts']>[number];

/** Inspects every volumeMount of every container for a signal. */
const mounts = (judge: (mount: Mount) => OffendingValue, suffix: string): Signal['inspect'] => {
  const look = (container: ContainerView) =>
    itemOccurrences(container.spec.volumeMounts, judge, container.path, '.volumeMounts', suffix);
  return pod => eachContainer(pod, look);
};

const mountsWith = (field: 'mountPropagation' | 'recursiveReadOnly', value: string): Signal['inspect'] =>
  mounts(mount => (mount[field] === value ? value : undefined), `.${field}`);

/*
A volume whose mounts, made inside the container, appear on the host.

Field:   volumeMounts[*].mountPropagation of every container
Allowed: undefined, None; HostToContainer is the signal below

The Pod Security Standards have no control for it, since the API server accepts it only on privileged containers; a
sandbox refuses it or drops it silently.
*/
export const mountPropagationBidirectional: Signal = {
  id: 'mountPropagationBidirectional',
  category: 'breakout',
  weight: 70,
  title: 'Bidirectional mount propagation',
  phrase: 'bidirectional mount propagation',
  reason: 'what the container mounts is mounted on the host and in other containers',
  fix: 'remove mountPropagation',
  mend: removing,
  // A CSI driver mounts volumes for the Pods of its node.
  isPurpose: isAgent,
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation',
  ...guarded(lens => {
    const found = "c.?volumeMounts.orValue([]).exists(m, m.?mountPropagation.orValue('') == 'Bidirectional')";
    return anyContainer(lens, unwaived(lens, found, "'Bidirectional'", 'c'));
  }),
  inspect: mountsWith('mountPropagation', 'Bidirectional'),
};

/*
Mounts that the host makes later appear in the container. Reads only, so no risk of its own.

Field: volumeMounts[*].mountPropagation of every container
*/
export const mountPropagationHostToContainer: Signal = {
  id: 'mountPropagationHostToContainer',
  category: 'requirement',
  weight: 0,
  title: 'HostToContainer mount propagation',
  phrase: 'HostToContainer mount propagation',
  reason: 'mounts that the host makes later must appear in the container',
  fix: 'remove mountPropagation',
  mend: removing,
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation',
  inspect: mountsWith('mountPropagation', 'HostToContainer'),
};

/*
A read-only mount whose submounts are read-only too (KEP-3857). The kubelet refuses Enabled where the handler lacks the
feature; IfPossible asks for nothing.

Field: volumeMounts[*].recursiveReadOnly of every container
*/
export const recursiveReadOnly: Signal = {
  id: 'recursiveReadOnly',
  category: 'requirement',
  weight: 0,
  title: 'Recursive read-only mount',
  reason: 'the runtime must make submounts read-only too',
  fix: 'set recursiveReadOnly to IfPossible',
  mend: ({ path }) => [{ op: 'replace', path, value: 'IfPossible' }],
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3857-rro-mounts',
  inspect: mountsWith('recursiveReadOnly', 'Enabled'),
};

/*
A part of a volume.

Fields: volumeMounts[*].subPath and subPathExpr of every container
*/
export const subPath: Signal = {
  id: 'subPath',
  category: 'requirement',
  weight: 0,
  title: 'Mount of a part of a volume',
  reason: 'a sandbox serves a subPath as a mount of its own, without updates of the volume',
  fix: 'mount the whole volume',
  source: 'https://github.com/kata-containers/kata-containers/blob/main/docs/Limitations.md',
  inspect: mounts(mount => mount.subPath || mount.subPathExpr || undefined, ''),
};
