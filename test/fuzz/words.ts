import { SIGNALS } from '../../src/signals/index.ts';
import type { Json } from './json.ts';

/*
Words that mean something to a decision, by the field where they do: `parent.field`, or the field wherever it stands. What
is chosen at random hardly ever does.
*/

export const LABELS: readonly (readonly [string, string])[] = [
  ['cofferdam.dev/risk', 'low'],
  ['cofferdam.dev/risk', 'medium'],
  ['cofferdam.dev/risk', 'high'],
  ['cofferdam.dev/risk', 'critical'],
  ['cofferdam.dev/risk', 'typo'],
  ['cofferdam.dev/minimum-isolation', 'vm'],
  ['app', 'x'],
  ['app', 'y'],
  ['exposure', 'public'],
  ['tenant', 'a'],
];

export const ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['cofferdam.dev/injected-runtime-class', 'gvisor'],
  ['cofferdam.dev/injected-runtime-class', 'kata-qemu'],
  ['cofferdam.dev/required-isolation', 'host-kernel'],
  ['cofferdam.dev/score', '0'],
  ['cofferdam.dev/policy', 'none'],
  ['kubernetes.io/config.mirror', 'x'],
  ['dev.gvisor.flag.host-uds', 'all'],
  ['io.katacontainers.config.hypervisor.kernel_params', 'x'],
  ['io.katacontainers.config.hypervisor.default_memory', '512'],
  ['io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel', 'true'],
  ['run.oci.handler', 'wasm'],
  ['module.wasm.image/variant', 'compat'],
  ['cdi.k8s.io/gpu', 'nvidia.com/gpu=0'],
  ['nvidia.cdi.k8s.io/container.app', 'all'],
  ['devices.noderesource.dev/container.app', '- path: /dev/mem'],
  ['io.kubernetes.cri.untrusted-workload', 'true'],
  ['container.apparmor.security.beta.kubernetes.io/app', 'unconfined'],
  ['container.seccomp.security.alpha.kubernetes.io/app', 'unconfined'],
  ['sidecar.istio.io/status', '{}'],
  ['k8s.v1.cni.cncf.io/networks', 'macvlan'],
  ['ambient.istio.io/redirection', 'enabled'],
];

const CAPABILITIES = [
  ...['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE', 'BPF', 'PERFMON', 'NET_ADMIN', 'NET_RAW', 'CHOWN'],
  ...['NET_BIND_SERVICE', 'cap_sys_admin', 'CAP_ALL', 'sys_rawio', 'ODD', ' ALL', ''],
];
const HOST_PATHS = [
  ...['/', '//', '/proc', '/sys/fs/cgroup', '/dev/kvm', '/dev/fuse', '/var/run/docker.sock', '/srv/data'],
  ...[
    '/run/containerd/containerd.sock',
    '/var/lib/kubelet',
    '/etc/../etc',
    '/etc/localtime',
    '/run/dbus',
    '/dev/shm',
    '/srv/./../proc',
    '',
    'srv',
    'C:\\',
  ],
];
const CLASSES = [
  ...['gvisor', 'kata-qemu', 'kata', 'kata-fc', 'kata-qemu-snp', 'runc', 'fake-gvisor', 'nonsense'],
  ...['runsc', 'kata-debug', 'gvisor-debug', ''],
];
const IMAGES = [
  ...[
    'nginx',
    'nginx:1.27',
    'ghcr.io/acme/agent:1.2',
    'ghcr.io/acme/agent',
    `nginx@sha256:${'a'.repeat(64)}`,
  ],
  ...[
    'localhost:5000/a/b:c',
    'NGINX',
    'a@b@c',
    ':',
    'docker.io/library/nginx:latest',
    'registry.example/app:1',
  ],
];
const QUANTITIES = ['1', '100m', '64Mi', '1e3', '0.5Gi', '-1', 'lots', '', 1, 0.5, '9'.repeat(40)];
const RESOURCES = [
  'cpu',
  'memory',
  'hugepages-2Mi',
  'nvidia.com/gpu',
  'amd.com/gpu',
  'devices.kubevirt.io/kvm',
];
const HOSTS = ['', '127.0.0.1', 'localhost', '10.0.0.1', '169.254.169.254', '::1', 'metadata.internal'];
const LEVELS = ['None', 'HostToContainer', 'Bidirectional'];
const PROFILES = ['RuntimeDefault', 'Localhost', 'Unconfined', 'unconfined'];
const NODE_KEYS = ['zone', 'katacontainers.io/kata-runtime', 'kubernetes.io/os', 'metadata.name', 'sandbox'];
const NODE_VALUES = ['a', 'b', 'true', 'false', 'windows', 'linux', 'n1', 'yes', '8'];
const SYSCTLS = [
  'net.ipv4.ip_local_port_range',
  'kernel.msgmax',
  'kernel/shm_rmid_forced',
  'net.ipv4.tcp_rmem',
];
const MOUNT_PATHS = ['/data', '/var/run/secrets/kubernetes.io/serviceaccount', '/dev/kvm', '/', ''];
const NAMES = ['app', 'istio-init', 'istio-proxy', 'noise', 'a', 'b', 'data', ''];

/** Values of fields. A map's are its values. */
export const WORDS: Readonly<Record<string, readonly Json[]>> = {
  'capabilities.add': CAPABILITIES,
  'capabilities.drop': CAPABILITIES,
  'hostPath.path': HOST_PATHS,
  'hostPath.type': ['', 'Socket', 'CharDevice', 'BlockDevice', 'Directory', 'File'],
  'seccompProfile.type': PROFILES,
  'appArmorProfile.type': PROFILES,
  'seLinuxOptions.type': ['container_t', 'container_init_t', 'spc_t', ''],
  'sysctls.name': SYSCTLS,
  'os.name': ['linux', 'windows', 'Windows', ''],
  'emptyDir.medium': ['', 'Memory', 'HugePages', 'HugePages-2Mi'],
  'csi.driver': ['csi.spiffe.io', 'secrets-store.csi.k8s.io', 'odd'],
  'tolerations.effect': ['NoSchedule', 'NoExecute', 'PreferNoSchedule', ''],
  'tolerations.operator': ['Exists', 'Equal', 'Lt', ''],
  'env.name': ['PATH', 'LD_PRELOAD', 'TOKEN', ''],
  host: HOSTS,
  hostIP: HOSTS,
  hostPort: [0, 80, 8080, 65_536, -1],
  image: IMAGES,
  key: NODE_KEYS,
  limits: QUANTITIES,
  requests: QUANTITIES,
  overhead: QUANTITIES,
  mountPath: MOUNT_PATHS,
  mountPropagation: LEVELS,
  name: NAMES,
  nodeName: ['n1', 'n2', 'gone', ''],
  nodeSelector: NODE_VALUES,
  operator: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Odd'],
  procMount: ['Default', 'Unmasked', 'unmasked'],
  recursiveReadOnly: ['Enabled', 'IfPossible', 'Disabled'],
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  runAsUser: [0, 1000, -1, 2 ** 31],
  runtimeClassName: CLASSES,
  serviceAccount: ['default', 'agent', ''],
  serviceAccountName: ['default', 'agent', ''],
  values: NODE_VALUES,
};

/** Keys of maps. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  limits: RESOURCES,
  requests: RESOURCES,
  overhead: ['cpu', 'memory'],
  nodeSelector: NODE_KEYS,
};

/** Values of a text field of which nothing else is known. */
export const TEXTS: readonly string[] = [...NAMES, 'x', 'some-name', '1', 'true', '/path', 'a.b/c', 'UPPER'];

export const NUMBERS: readonly number[] = [0, 1, -1, 80, 1000, 65_535, 2 ** 31, Number.MAX_SAFE_INTEGER];

/** Keys that are members of every object in JavaScript, or that no map of a Pod expects. */
export const HOSTILE_KEYS: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '0', '-1', ''],
  ...['a.b', 'a/b', 'a~1b', '~', 'spec', 'Spec', '$ref', 'x\u2028y', '\u0000', '"', "'", '$x', '\ud800'],
];

/** Texts with characters that could break out of a message, a log line, a path, a pattern or a parser. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...HOSTILE_KEYS,
  '\u001b[31mred\u001b[0m',
  'line\nbreak\r\n',
  '\u202eright to left',
  '\u2028\u2029\u0085\ufeff',
  '\udc00 half',
  '<script>&amp;</script>',
  '../../../../etc/passwd',
  '%s%n%x',
  '{{ .Values.x }}',
  "'; DROP TABLE pods; --",
  '1e999',
  '0x10',
  'null',
  '🦀'.repeat(20),
];

/** Parts that long texts repeat: patterns that step back over them, and paths that have to be cleaned. */
export const REPEATED: readonly string[] = [
  'x',
  '/',
  '../',
  'a/',
  'a.',
  '-',
  ' ',
  ':',
  '@',
  '/./',
  '0',
  '🦀',
  '<',
  '\\',
];

export const SIGNAL_IDS: readonly string[] = SIGNALS.map(({ id }) => id);

/** Expressions of CEL: such as rules have, such as do not compile, and expensive ones. */
export const EXPRESSIONS: readonly string[] = [
  "object.metadata.?labels.?exposure.orValue('') == 'public'",
  'size(object.spec.containers) > 1',
  "object.metadata.labels['nobody'] == 'x'",
  "object.spec.containers.exists(c, c.image.startsWith('nginx'))",
  'object.spec.containers.all(c, has(c.securityContext) && c.securityContext.?runAsUser.orValue(0) > 0)',
  'namespaceObject == null',
  "namespaceObject.metadata.labels['tenant'] == 'a'",
  "object.spec.volumes.exists(v, has(v.hostPath) && v.hostPath.path.matches('^/(etc|var)/.*$'))",
  "object.spec.containers.map(c, c.name).join(',').size() > 10",
  "quantity(object.spec.containers[0].resources.limits['memory']).isGreaterThan(quantity('1Gi'))",
  'object.spec.containers.exists(a, object.spec.containers.exists(b, a.name == b.name))',
  'object.spec.nonsense == 1',
  '1',
  'true',
  'false &&',
  '"unclosed',
  "'x'.matches('(a+)+$')",
  'object.spec.hostNetwork ? true : false',
  '__proto__',
  'constructor.constructor("x")()',
  `${'('.repeat(200)}true${')'.repeat(200)}`,
  Array.from({ length: 300 }, () => 'true').join(' && '),
  "variables.policies == 'x'",
];
