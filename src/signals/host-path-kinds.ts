import type { Volume } from '../pod/kube.ts';
import { anyVolume, type Lens, text, unwaived } from './guards.ts';
import {
  anyOf,
  cleanWindowsPath,
  DRIVELESS,
  isWindowsCel,
  isWindowsPath,
  WINDOWS_SYSTEM,
  windowsCel,
} from './host-path-windows.ts';
import type { Cel } from './signal.ts';

/** What a hostPath reaches. One volume is exactly one of them: the first in this order. */
export type HostPathKind = 'socket' | 'device' | 'system' | 'other';

/*
The tables below are matched against cleaned paths. Whoever can write to one of the system trees, or read its keys, has
the host; whoever reaches a socket commands a service that runs as root. Both the engine and the guard use the very
same expressions, so they stay within what RE2 and JavaScript understand alike.
*/

/** Below /run, to which /var/run is a link: directories with control sockets, of runtimes and of their sandboxes. */
const SOCKET_TREES = [
  'containerd',
  'crio',
  'docker',
  'podman',
  'libpod',
  'buildkit',
  'nri', // plugins of the runtime change containers as they start
  'runsc', // gVisor: one for each sandbox
  'kata', // Kata Containers, here and in the next two: agents, hypervisors, shared directories
  'kata-containers',
  'vc',
  'libvirt',
  'lxd',
  'incus',
  'k3s', // k3s and RKE2: /run/k3s/containerd/containerd.sock
  'k0s',
  'user', // rootless runtimes: /run/user/1000/docker.sock
  'systemd', // /run/systemd/private
  'dbus', // system_bus_socket starts units
];

const SYSTEM_TREES = [
  '(var/)?run/runc', // state of containers, which the runtime trusts; so is the next
  '(var/)?run/crun',
  '(var/)?run/containers', // file systems of containers, credentials of registries
  '(var/)?run/netns', // network namespaces of other Pods
  '(var/)?run/cdi', // devices and hooks that the runtime adds to containers
  '(var/)?run/udev', // rules run programs as root
  '(var/)?run/credentials',
  'proc', // core_pattern, sysrq-trigger, /proc/1/root
  'sys', // cgroup release_agent, uevent_helper
  'boot',
  'efi',
  'etc', // cron, systemd units, passwd, /etc/kubernetes/pki and static Pods
  'root', // SSH keys
  'home', // SSH keys
  'usr', // programs that the host runs as root; so are the next six
  'bin',
  'sbin',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'snap',
  'nix',
  'ostree',
  'sysroot',
  'var/(home|roothome|usrlocal)', // where Fedora CoreOS has them
  '(var/)?opt/(cni|containerd|kata)', // programs that the kubelet's runtime runs as root
  'var/lib/kubelet', // every Pod's secrets and tokens, plugin sockets, the kubelet's own key
  'var/lib/etcd', // the whole cluster
  'var/lib/containerd', // the files of every container; so are the next ones
  'var/lib/docker',
  'var/lib/containers',
  'var/lib/crio',
  'var/lib/buildkit',
  'var/lib/kata-containers',
  'var/lib/vc',
  'var/lib/lxd', // and the socket of a service that runs as root; so is the next
  'var/lib/incus',
  'var/lib/libvirt',
  'var/lib/rancher', // k3s and RKE2: also keys and static Pods
  'var/lib/k0s',
  'var/lib/minikube', // keys of the cluster; so are the next two
  'var/lib/kubernetes',
  'var/lib/kube-proxy',
  'var/lib/dpkg', // scripts that run as root
  'var/lib/cloud', // scripts that run at boot
  'var/lib/cni',
  'var/snap',
  'var/spool/cron',
  'var/log', // the kubelet serves links in it as root: any file of the host can be read
];

/** Directories above the trees: they hold them. `/run` and `/var/run` hold the sockets. */
const SYSTEM_PARENTS = ['', '(var/)?opt', 'var', 'var/lib', 'var/spool'];

const SOCKET_RE = `^/(var/)?run(/${anyOf(SOCKET_TREES)}(/|$)|$)|[.]sock(et)?$|^/pipe(/|$)`;
const DEVICE_RE = '^/dev:?(/|$)';
const SYSTEM_RE = `^/(${anyOf(SYSTEM_PARENTS)}$|${anyOf([...SYSTEM_TREES, ...DRIVELESS])}(/|$)|${WINDOWS_SYSTEM})`;

const SOCKET = new RegExp(SOCKET_RE);
const DEVICE = new RegExp(DEVICE_RE);
const SYSTEM = new RegExp(SYSTEM_RE);

/**
 * A hostPath as one spelling: without empty, `.` and `..` segments and without a slash at its end. Case matters on
 * Linux; a Windows path comes out in lower case with forward slashes: `/c:/windows`, `/pipe/docker_engine` for a named
 * pipe, `/dev:/…` for another device, `/unc:/server/share`. A relative path is taken as one from the root. The API
 * server refuses `..`; a file may still hold it, and a Windows path keeps it.
 */
export function cleanHostPath(path: string): string {
  // Longer than any that can be mounted (PATH_MAX); it may still become one of any tree, once it is cleaned.
  if (path.length > LONGEST) return '/';
  if (isWindowsPath(path)) return cleanWindowsPath(path);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

const LONGEST = 4096;

/** The kind of a hostPath volume, by its type and its cleaned path. */
export function hostPathKind(volume: NonNullable<Volume['hostPath']>, path: string): HostPathKind {
  const type = volume.type ?? '';
  if (type === 'Socket' || SOCKET.test(path)) return 'socket';
  if (type === 'BlockDevice' || type === 'CharDevice' || DEVICE.test(path)) return 'device';
  return SYSTEM.test(path) ? 'system' : 'other';
}

/*
The same in CEL, over a volume `v` with its cleaned path `p`. CEL cannot resolve `..`, and need not: the API server has
refused such a path before it evaluates the guard (validatePathNoBacksteps in pkg/apis/core/validation/validation.go,
which on Linux looks between slashes).
*/
const TYPE: Cel = "v.hostPath.?type.orValue('')";
const IS: Readonly<Record<Exclude<HostPathKind, 'other'>, Cel>> = {
  socket: `(${TYPE} == 'Socket' || p.matches(${text(SOCKET_RE)}))`,
  device: `(${TYPE} in ['BlockDevice', 'CharDevice'] || p.matches(${text(DEVICE_RE)}))`,
  system: `p.matches(${text(SYSTEM_RE)})`,
};
const KIND: Readonly<Record<HostPathKind, Cel>> = {
  socket: IS.socket,
  device: `!${IS.socket} && ${IS.device}`,
  system: `!${IS.socket} && !${IS.device} && ${IS.system}`,
  other: `!${IS.socket} && !${IS.device} && !${IS.system}`,
};
const RAW: Cel = "v.hostPath.?path.orValue('')";
const POSIX_PATH: Cel = `${RAW}.split('/').filter(s, s != '' && s != '.').join('/')`;
const CLEAN: Cel = `'/' + (size(${RAW}) > ${LONGEST} ? '' : ${isWindowsCel(RAW)} ? ${windowsCel(RAW)} : ${POSIX_PATH})`;
const REFUSED: Cel = `'..' in ${RAW}.split('/')`;

export const hostPathGuard =
  (kind: HostPathKind) =>
  (lens: Lens): Cel => {
    const found = unwaived(lens, `!(${REFUSED}) && ${KIND[kind]}`, 'p', 'pod');
    return anyVolume(lens, `has(v.hostPath) && [${CLEAN}].exists(p, ${found})`);
  };
