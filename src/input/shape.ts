import { isMap, type Mapping } from '../source/mapping.ts';

/** Fields that containers have, and few other things have. */
const TELLING = [
  ...['command', 'args', 'env', 'envFrom', 'volumeMounts', 'volumeDevices', 'securityContext', 'lifecycle'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'imagePullPolicy', 'workingDir', 'script'],
];

const LISTS = /^(initC|ephemeralC|c)ontainers$/;
/** The names of Tekton's lists, and of those beside the container of an Argo template; their items have names. */
const ALIKE = /^(steps|sidecars)$/;
const ONE = /^(container|script)$/;

/** @param key its key, or that of its list */
export function isContainer(value: unknown, key: string): value is Mapping {
  if (!isMap(value)) return false;
  const [hasImage, hasName] = [typeof value.image === 'string', typeof value.name === 'string'];
  if (LISTS.test(key)) return hasImage || hasName;
  if (!hasImage) return false;
  if (ONE.test(key) || (ALIKE.test(key) && hasName)) return true;
  return TELLING.some(field => isSet(value[field]));
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** A list of containers, whatever it is called. */
export const isContainerList = (value: unknown, key: string): value is readonly unknown[] =>
  Array.isArray(value) && value.some(item => isContainer(item, key));

/** Sources of a Pod's volumes (`core/v1 VolumeSource`) that volumes of other APIs do not have in this form, as a map. */
const SOURCES = [
  ...[
    'hostPath',
    'emptyDir',
    'secret',
    'configMap',
    'persistentVolumeClaim',
    'projected',
    'downwardAPI',
    'csi',
  ],
  ...['nfs', 'iscsi', 'image', 'ephemeral', 'flexVolume', 'cephfs', 'rbd', 'fc', 'glusterfs', 'gitRepo'],
];

const isVolume = (value: unknown): boolean =>
  isMap(value) && typeof value.name === 'string' && SOURCES.some(source => isMap(value[source]));

export const isVolumeList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.some(isVolume);

/** Whether it is nothing but a container; Spark's `driver` also has fields of its Pod. */
export const isPlainContainer = (value: unknown, key: string): value is Mapping =>
  isContainer(value, key) &&
  !isVolumeList(value.volumes) &&
  !['hostNetwork', 'hostPID', 'hostIPC'].some(field => value[field] === true) &&
  !Object.entries(value).some(([field, list]) => isContainerList(list, field));

/** Whether a security context has fields that only a container's has. */
export const ofContainer = (context: unknown): context is Mapping =>
  isMap(context) &&
  ['privileged', 'capabilities', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'procMount'].some(
    field => isSet(context[field]),
  );

/** Whether it affects the host, so that it is worth an answer even if no container is known. */
export function reachesHost(map: Mapping): boolean {
  if (map.hostNetwork === true || map.hostPID === true || map.hostIPC === true) return true;
  const hostPaths = isVolumeList(map.volumes) && map.volumes.some(one => isMap(one) && isMap(one.hostPath));
  return hostPaths || contextsOf(map).some(([, context]) => reachesBeyond(context));
}

const reachesBeyond = ({ privileged, capabilities }: Mapping): boolean =>
  privileged === true ||
  (isMap(capabilities) && Array.isArray(capabilities.add) && capabilities.add.length > 0);

/** `securityContext`, and the names that operators use where they have one for the Pod and one for the container. */
export const contextsOf = (map: Mapping): [key: string, context: Mapping][] =>
  ['securityContext', 'podSecurityContext', 'containerSecurityContext'].flatMap(key => {
    const context = map[key];
    return isMap(context) ? [[key, context]] : [];
  });
