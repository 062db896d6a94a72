import type { VolumeView } from '../pod/view.ts';
import { eachVolume } from '../pod/visit.ts';
import { guarded } from './guards.ts';
import { DEVICE_FIXES, FILE_FIXES, PUBLIC_FIXES, SOCKET_FIXES, SYSTEM_FIXES } from './host-path-fixes.ts';
import { cleanHostPath, type HostPathKind, hostPathGuard, hostPathKind } from './host-path-kinds.ts';
import { removingVolume } from './mend.ts';
import type { Finding, Signal } from './signal.ts';

/*
A directory, file, socket or device of the host.

Field:   spec.volumes[*].hostPath
Allowed: undefined
Level:   Baseline

One volume is a hit of exactly one of these signals. The value is the cleaned path; the finding also has the path as written.
A sandbox contains none of them, as it serves the host's own files. Read-only mounts count too, since reading keys is enough.
A PersistentVolume of type hostPath or local is not seen: the Pod names a claim, and nothing is looked up.
*/
const SOURCE = 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath';

const volumes = (wanted: HostPathKind): Signal['inspect'] => {
  const look = ({ spec, path }: VolumeView) => {
    if (!spec.hostPath) return undefined;
    const written = spec.hostPath.path ?? '';
    const value = cleanHostPath(written);
    if (hostPathKind(spec.hostPath, value) !== wanted) return undefined;
    return { path: `${path}.hostPath`, value, ...(value !== written && { written }) };
  };
  return pod => eachVolume(pod, look);
};

/** The paths that agents of a node plug into: those of the kubelet (CSI drivers, device plugins) and of the runtime's network. */
const AGENT = /^[/]((c:[/])?var[/]lib[/]kubelet|(etc|(var[/])?opt)[/]cni|pipe[/]csi-proxy[^/]*)([/]|$)/;

/** True for a Pod that is such an agent: it is useless without the host, and the fix for a hostPath does not help it. */
export const isAgent = (findings: readonly Finding[]): boolean =>
  findings.some(
    ({ signal, value }) => HOST_PATHS.some(({ id }) => id === signal) && AGENT.test(String(value)),
  );

export const hostPathSocket: Signal = {
  id: 'hostPathSocket',
  category: 'breakout',
  weight: 90,
  title: 'Socket of the host',
  reason:
    'a service of the host answers there, usually as root; the one of a container runtime starts privileged containers at will',
  fix: 'remove the volume, and use the Kubernetes API or a rootless builder instead of the socket',
  mend: removingVolume,
  fixes: SOCKET_FIXES,
  isPurpose: isAgent,
  source: SOURCE,
  ...guarded(hostPathGuard('socket')),
  inspect: volumes('socket'),
};

export const hostPathDevice: Signal = {
  id: 'hostPathDevice',
  category: 'breakout',
  weight: 80,
  title: 'Device of the host',
  reason: 'a device node reaches a driver of the host kernel, or a disk beneath its file system',
  fix: 'ask a device plugin or a resource claim for the device',
  fixes: DEVICE_FIXES,
  isPurpose: isAgent,
  source: SOURCE,
  ...guarded(hostPathGuard('device')),
  inspect: volumes('device'),
};

export const hostPathSystem: Signal = {
  id: 'hostPathSystem',
  category: 'breakout',
  weight: 80,
  title: 'System directory of the host',
  reason: 'it holds what the host runs as root, keys that it trusts, or settings of its kernel',
  fix: 'remove the volume, and read what is needed through the Kubernetes API',
  mend: removingVolume,
  fixes: SYSTEM_FIXES,
  isPurpose: isAgent,
  source: SOURCE,
  ...guarded(hostPathGuard('system')),
  inspect: volumes('system'),
};

export const hostPathService: Signal = {
  id: 'hostPathService',
  category: 'exposure',
  weight: 60,
  title: 'Folder of systemd or D-Bus',
  reason:
    'whoever reaches systemd or D-Bus as root starts programs on the host, and the files around them tell of its services',
  fix: 'remove the volume, and read what is needed through the Kubernetes API or from the logs',
  mend: removingVolume,
  source: SOURCE,
  ...guarded(hostPathGuard('service')),
  inspect: volumes('service'),
};

export const hostPathPublic: Signal = {
  id: 'hostPathPublic',
  category: 'exposure',
  weight: 30,
  title: 'Common file of the host',
  reason:
    'it holds no secret and no device, but whoever may write there changes what the host itself reads or logs',
  fix: 'bring the time zone, the certificates or the names in the image, a ConfigMap or hostAliases, and log to standard output',
  fixes: PUBLIC_FIXES,
  source: SOURCE,
  ...guarded(hostPathGuard('public')),
  inspect: volumes('public'),
};

export const hostPath: Signal = {
  id: 'hostPath',
  category: 'exposure',
  weight: 50,
  title: 'Path of the host',
  reason: 'files of the host are within reach, and outlive the Pod',
  fix: 'use an emptyDir, a PersistentVolumeClaim or a ConfigMap',
  fixes: FILE_FIXES,
  isPurpose: isAgent,
  source: SOURCE,
  ...guarded(hostPathGuard('other')),
  inspect: volumes('other'),
};

/** The signals whose findings are paths of the host. */
export const HOST_PATHS: readonly Signal[] = [
  hostPathSocket,
  hostPathDevice,
  hostPathSystem,
  hostPathService,
  hostPath,
  hostPathPublic,
];
