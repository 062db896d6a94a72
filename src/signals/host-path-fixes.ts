import { removingVolume } from './mend.ts';
import type { SpecialFix } from './signal.ts';

/*
What the author of a Pod can do instead of mounting a path of the host, where one answer does not fit all paths of a signal. The
expressions are matched against cleaned paths.
*/

export const PUBLIC_FIXES: readonly SpecialFix[] = [
  {
    of: /^[/]dev[/](null|zero|full|random|urandom)$/,
    fix: 'remove the volume: every container has this device by itself',
    mend: removingVolume,
  },
  {
    of: /[/]dev(-log|[/]log)$/,
    fix: 'log to standard output, or to a collector over the network',
  },
  {
    of: /^[/](etc[/](localtime|timezone)|usr[/]share[/]zoneinfo)([/]|$)/,
    fix: 'set TZ, with the time zones in the image',
  },
  {
    of: /^[/](etc[/](hosts|hostname|resolv[.]conf)|(var[/])?run[/]systemd[/]resolve)([/]|$)/,
    fix: "set the Pod's hostAliases, hostname or dnsConfig",
  },
  {
    of: /^[/](etc[/](machine-id|os-release|lsb-release)|usr[/]lib[/]os-release)$/,
    fix: 'read what the node is from its status in the Kubernetes API (nodeInfo)',
  },
  {
    of: /certs|[.]pem$|ca-trust|ca-certificates/,
    fix: 'bring the certificates in the image, a ConfigMap or a projected clusterTrustBundle',
  },
];

export const FILE_FIXES: readonly SpecialFix[] = [
  { of: /^[/]dev[/]shm([/]|$)/, fix: 'use an emptyDir of medium Memory' },
  { of: /^[/]dev[/]hugepages([/]|$)/, fix: 'ask for hugepages, with an emptyDir of medium HugePages' },
  {
    of: /^[/]dev[/]mqueue([/]|$)/,
    fix: 'remove the volume: containers of one Pod share its message queues',
    mend: removingVolume,
  },
];

export const SOCKET_FIXES: readonly SpecialFix[] = [
  // Sockets of runtimes, and folders that hold them, are not among these: for them, the Kubernetes API is the alternative.
  {
    of: /^(?![/](var[/])?run($|[/](containerd|crio|docker|podman|libpod|buildkit|user|k3s|k0s)))(?!.*(docker|containerd|crio|podman|buildkit))/,
    fix: 'reach the service over the network, by a volume of its CSI driver, or in a container of the Pod, instead of its socket',
  },
];

export const DEVICE_FIXES: readonly SpecialFix[] = [
  {
    of: /^[/]dev[/](sd|hd|vd|xvd|nvme|mmcblk|dm-|loop|disk([/]|$)|mapper([/]|$)|md\d|rbd|nbd)/,
    fix: 'ask for the disk as a raw block volume (a PersistentVolumeClaim of volumeMode Block)',
  },
];

export const SYSTEM_FIXES: readonly SpecialFix[] = [
  { of: /^[/](var[/])?home([/]|$)|^[/]root([/]|$)/, fix: 'keep the files in a PersistentVolumeClaim' },
  {
    of: /^[/](usr[/]src|(usr[/])?lib[/]modules|boot)([/]|$)/,
    fix: 'let the nodes, not the Pod, load the modules and hold the headers that are needed',
  },
  {
    of: /^[/]var[/]log([/]|$)/,
    fix: 'log to standard output, and read logs through the Kubernetes API',
  },
  {
    of: /^[/](usr|bin|sbin|lib|lib32|lib64|libx32)([/]|$)/,
    fix: 'bring the programs and libraries in the image',
  },
];
