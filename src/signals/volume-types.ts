import type { Volume } from '../pod/kube.ts';
import type { VolumeView } from '../pod/view.ts';
import { eachVolume } from '../pod/visit.ts';
import type { Signal } from './signal.ts';

/** Volume sources within Restricted. */
const RESTRICTED: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/*
Volume sources beyond Restricted, hostPath apart, which has signals of its own.

Field:   spec.volumes[*]
Allowed: the sources above; none at all is an emptyDir, by the API server's default
Level:   Restricted
*/
export const volumeType: Signal = {
  id: 'volumeType',
  category: 'hygiene',
  weight: 3,
  title: 'Volume type beyond Restricted',
  reason: 'the volume is mounted by a driver of the host kernel, with an address of the author’s choice',
  fix: 'use a PersistentVolumeClaim, whose driver and address the administrator chose',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted',
  inspect: pod => eachVolume(pod, beyondRestricted),
};

function beyondRestricted({ spec, path }: VolumeView) {
  const type = sourceOf(spec);
  if (type === undefined || type === 'hostPath' || RESTRICTED.has(type)) return undefined;
  return { path: `${path}.${type}`, value: type };
}

/** The field that gives the type of a volume; a source within Restricted takes precedence, as Pod Security Admission judges it. */
function sourceOf(volume: Volume): string | undefined {
  let found: string | undefined;
  for (const key in volume) {
    if (key === 'name' || volume[key as keyof Volume] == null) continue;
    if (RESTRICTED.has(key)) return key;
    found = key;
  }
  return found;
}

/** The in-tree sources that the kubelet mounts over the network or attaches: every one beyond Restricted except gitRepo. */
const NETWORK: ReadonlySet<string> = new Set([
  'nfs',
  'iscsi',
  'rbd',
  'cephfs',
  'glusterfs',
  'fc',
  'flexVolume',
  'azureFile',
  'azureDisk',
  'awsElasticBlockStore',
  'gcePersistentDisk',
  'cinder',
  'vsphereVolume',
  'portworxVolume',
  'quobyte',
  'scaleIO',
  'storageos',
  'flocker',
  'photonPersistentDisk',
] as const satisfies readonly (keyof Volume)[]);

/*
A file system that the kubelet mounts for the Pod. Firecracker and confidential VMs get a copy, made once.

Field: spec.volumes[*], the sources above
*/
export const networkVolume: Signal = {
  id: 'networkVolume',
  category: 'requirement',
  weight: 0,
  title: 'Network volume',
  reason: 'a file system that the host mounted must be shared with the container',
  fix: 'use a PersistentVolumeClaim of a CSI driver',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#volume-types',
  inspect: pod => eachVolume(pod, network),
};

function network({ spec, path }: VolumeView) {
  for (const type in spec) {
    if (NETWORK.has(type) && spec[type as keyof Volume]) return { path: `${path}.${type}`, value: type };
  }
  return undefined;
}
