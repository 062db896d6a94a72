import { anyOf, DRIVELESS, WINDOWS_SYSTEM } from './host-path-windows.ts';

/*
The tables below are matched against cleaned paths. Whoever can write to one of the system trees, or read keys in it, has the
host; whoever reaches a socket commands a service that runs as root. The engine and the guard use the very same expressions, so
these are limited to what RE2 and JavaScript understand alike.
*/

/** Directories with control sockets of runtimes and of their sandboxes, below /run; /var/run is a link to it. */
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
];

/** Control sockets of systemd and of D-Bus, through which root starts units, and their surroundings. */
const SERVICE_TREES = '(var/)?run/(systemd|dbus)';

/**
 * What is alike on every host, and what a Pod has by itself or can get in another way. It is still a finding, as whoever may
 * write there changes what the host reads. Trees with hooks that run as root (/etc/ca-certificates/update.d) or with keys
 * (/etc/ssl/private) are not included.
 */
const PUBLIC_TREES = [
  'dev/(null|zero|full|random|urandom)',
  'dev/log', // syslog, or the journal, which takes lines; so is the next
  '(var/)?run/systemd/journal/dev-log',
  '(var/)?run/systemd/resolve', // resolv.conf
  'etc/(localtime|timezone|hosts|hostname|machine-id|os-release|lsb-release|resolv[.]conf)',
  'usr/lib/os-release',
  'usr/share/zoneinfo',
  'etc/ssl/(certs|cert[.]pem)', // certificates of authorities; so are the next two
  'etc/pki/(tls/certs|ca-trust)',
  'usr/(local/)?share/ca-certificates',
];

/** File systems in memory, where processes of the host share data: they hold files, even though they are below /dev. */
const MEMORY_TREES = 'dev/(shm|mqueue|hugepages)';

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

/** Directories that contain the trees. `/run` and `/var/run` contain the sockets. */
const SYSTEM_PARENTS = ['', '(var/)?opt', 'var', 'var/lib', 'var/spool'];

export const PUBLIC_RE = `^/${anyOf(PUBLIC_TREES)}(/|$)`;
export const SERVICE_RE = `^/${SERVICE_TREES}(/|$)`;
export const MEMORY_RE = `^/${MEMORY_TREES}(/|$)`;
export const SOCKET_RE = `^/(var/)?run(/${anyOf(SOCKET_TREES)}(/|$)|$)|[.]sock(et)?$|^/pipe(/|$)`;
export const DEVICE_RE = '^/dev:?(/|$)';
export const SYSTEM_RE = `^/(${anyOf(SYSTEM_PARENTS)}$|${anyOf([...SYSTEM_TREES, ...DRIVELESS])}(/|$)|${WINDOWS_SYSTEM})`;
