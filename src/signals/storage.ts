import type { Container } from '../pod/kube.ts';
import { perPod } from '../pod/per-pod.ts';
import type { ContainerView, PodView, VolumeView } from '../pod/view.ts';
import { eachContainer, eachVolume } from '../pod/visit.ts';
import { itemOccurrences } from './items.ts';
import type { Signal } from './signal.ts';

/*
What the Pod asks of storage. None of it is a risk; each bears on which sandbox can run the Pod.

Fields: spec.volumes[*], and volumeDevices of every container
*/
const DOCS = 'https://kubernetes.io/docs/concepts/storage';

/** A raw block device, which must be handed to the VM as a block device. */
export const blockVolume: Signal = {
  id: 'blockVolume',
  category: 'requirement',
  weight: 0,
  title: 'Raw block volume',
  reason: 'a block device of the node must be handed to the container',
  fix: 'use the claim with volumeMode Filesystem',
  source: `${DOCS}/persistent-volumes/#raw-block-volume-support`,
  inspect: pod => eachContainer(pod, devices),
};

const devices = (container: ContainerView) =>
  itemOccurrences(container.spec.volumeDevices, devicePath, container.path, '.volumeDevices');

type Device = NonNullable<Container['volumeDevices']>[number];
const devicePath = (device: Device) => device.devicePath ?? '';

/** A file system on a claim. A claim that is used only as a raw block device is `blockVolume`. */
export const persistentVolumeClaim: Signal = {
  id: 'persistentVolumeClaim',
  category: 'requirement',
  weight: 0,
  title: 'PersistentVolumeClaim',
  reason: 'a file system that the host mounted must be shared with the container, and writes must last',
  fix: 'keep the data elsewhere if the sandbox must not share a file system',
  source: `${DOCS}/persistent-volumes/`,
  inspect: pod => eachVolume(pod, claim),
};

function claim({ spec, path, name }: VolumeView, pod: PodView) {
  if (!spec.persistentVolumeClaim || blockOnly(pod).has(name)) return undefined;
  return { path: `${path}.persistentVolumeClaim`, value: spec.persistentVolumeClaim.claimName ?? '' };
}

/** A generic ephemeral volume: a claim that exists as long as the Pod. */
export const ephemeralVolume: Signal = {
  id: 'ephemeralVolume',
  category: 'requirement',
  weight: 0,
  title: 'Generic ephemeral volume',
  reason: 'a file system that the host mounted must be shared with the container',
  fix: 'use an emptyDir if its size on the node is enough',
  source: `${DOCS}/ephemeral-volumes/#generic-ephemeral-volumes`,
  inspect: pod => eachVolume(pod, ephemeral),
};

const ephemeral = ({ spec, path, name }: VolumeView, pod: PodView) =>
  spec.ephemeral && !blockOnly(pod).has(name) ? { path: `${path}.ephemeral` } : undefined;

/** Names of the volumes that are used as raw block devices and never mounted. */
const blockOnly = perPod(({ containers }): ReadonlySet<string> => {
  const devices = containers.flatMap(({ spec }) => (spec.volumeDevices ?? []).map(nameOf));
  const mounts = new Set(containers.flatMap(({ spec }) => (spec.volumeMounts ?? []).map(nameOf)));
  return new Set(devices.filter(name => !mounts.has(name)));
});

const nameOf = ({ name }: { readonly name?: string | null }): string => name ?? '';

/** Files that the kubelet keeps refreshing, such as the service-account token that the API server will add. */
export const liveProjectedVolume: Signal = {
  id: 'liveProjectedVolume',
  category: 'requirement',
  weight: 0,
  title: 'Refreshed volume',
  reason: 'the kubelet refreshes the files while the container runs',
  fix: 'set automountServiceAccountToken to false if no token is needed',
  source: `${DOCS}/projected-volumes/`,
  inspect: pod => eachVolume(pod, live),
};

const LIVE = ['secret', 'configMap', 'downwardAPI', 'projected'] as const;

function live({ spec, path }: VolumeView) {
  for (const type of LIVE) {
    if (spec[type]) return { path: `${path}.${type}`, value: type };
  }
  return undefined;
}

/** An OCI image as a volume (KEP-4639). */
export const imageVolume: Signal = {
  id: 'imageVolume',
  category: 'requirement',
  weight: 0,
  title: 'Image volume',
  reason: 'the runtime must mount an image as a volume',
  fix: 'copy the files into the image of the container, or into an emptyDir from an init container',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4639-oci-volume-source',
  inspect: pod => eachVolume(pod, image),
};

const image = ({ spec, path }: VolumeView) =>
  spec.image ? { path: `${path}.image`, value: spec.image.reference ?? '' } : undefined;

/** A volume of a CSI driver that exists as long as the Pod; many of them talk to the Pod over a socket. */
export const csiInlineVolume: Signal = {
  id: 'csiInlineVolume',
  category: 'requirement',
  weight: 0,
  title: 'Inline CSI volume',
  reason: 'a CSI driver mounts for this Pod, and may talk to it over a Unix socket',
  fix: 'use a PersistentVolumeClaim if the driver offers one',
  source: `${DOCS}/ephemeral-volumes/#csi-ephemeral-volumes`,
  inspect: pod => eachVolume(pod, csi),
};

const csi = ({ spec, path }: VolumeView) =>
  spec.csi ? { path: `${path}.csi`, value: spec.csi.driver ?? '' } : undefined;
