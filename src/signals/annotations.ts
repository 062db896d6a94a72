import { createHash } from 'node:crypto';
import { eachAnnotation } from '../pod/visit.ts';
import { inBrackets } from '../source/path.ts';
import { annotationValue, anyAnnotation, guarded, text, texts, unwaived } from './guards.ts';
import type { Signal } from './signal.ts';

/*
Annotations that the runtime obeys, and with which an author can take a sandbox apart. Containerd and CRI-O hand on what
the node's configuration lists, often by a wildcard.

Field: metadata.annotations. Keys are compared in lower case, though the runtimes are stricter: a spelling that means
nothing today costs its author nothing.
*/
interface Family {
  readonly prefixes: readonly string[];
  /** Keys within the prefixes that do no harm. */
  readonly allowed?: ReadonlySet<string>;
  /** A part within the key that marks it too. */
  readonly part?: string;
  /** Prefixes of keys that carry the part and do no harm. */
  readonly allowedPrefixes?: readonly string[];
}

/** A longer value may be a whole file. */
const SHORT = 64;

/** Changes with the value, so that an update to another is seen. 128 bits: an author may look for two of one hash. */
const shown = (value: string): string =>
  value.length <= SHORT
    ? value
    : `<${value.length} characters, sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 32)}>`;

const NO_KEYS: ReadonlySet<string> = new Set();

function matches(family: Family, key: string): boolean {
  if (family.prefixes.some(prefix => key.startsWith(prefix))) return !(family.allowed ?? NO_KEYS).has(key);
  if (family.part === undefined || !key.includes(family.part)) return false;
  return !family.allowedPrefixes?.some(prefix => key.startsWith(prefix));
}

/** `inspect` and `guard` of one family: the same question in two languages. */
function obeyed(family: Family): Pick<Extract<Signal, { guard: string }>, 'inspect' | 'guard' | 'guardAt'> {
  const look = (key: string, value: string) => {
    if (!matches(family, key.trim().toLowerCase())) return undefined;
    return { path: `metadata.annotations${inBrackets(key)}`, value: shown(value) };
  };
  const starts = (prefixes: readonly string[]) =>
    `(${prefixes.map(prefix => `k.startsWith(${text(prefix)})`).join(' || ')})`;
  let guard = starts(family.prefixes);
  if (family.allowed) guard += ` && !(k in ${texts(family.allowed)})`;
  if (family.part) {
    guard += ` || k.contains(${text(family.part)}) && !${starts(family.allowedPrefixes ?? [])}`;
  }
  const found = `[a.trim().lowerAscii()].exists(k, ${guard})`;
  return {
    ...guarded(lens => anyAnnotation(lens, unwaived(lens, found, annotationValue(lens), 'pod'))),
    inspect: pod => eachAnnotation(pod, look),
  };
}

const shared = {
  category: 'breakout',
  weight: 80,
  fix: 'remove the annotation; what it sets belongs into the configuration of the node',
} as const;

/**
 * `dev.gvisor.flag.*` sets flags of runsc: `host-uds` needs no opt-in and lets host sockets in; `dev.gvisor.spec.*` names
 * host files as mounts and root file system; `dev.gvisor.internal.*` switches on device proxies. All of them.
 */
export const gvisorAnnotation: Signal = {
  id: 'gvisorAnnotation',
  ...shared,
  title: 'gVisor annotation',
  reason: 'runsc takes flags, mounts and device proxies from these annotations',
  source: 'https://github.com/google/gvisor/blob/master/runsc/config/flags.go',
  ...obeyed({ prefixes: ['dev.gvisor.'] }),
};

/** CVE-2020-27151, GHSA-rr59-xxvx-96qr: paths of programs, kernel parameters, the mode of the network, and so on. */
export const kataAnnotation: Signal = {
  id: 'kataAnnotation',
  ...shared,
  title: 'Kata annotation',
  reason: 'Kata takes programs, images, kernel parameters and the network of the VM from these annotations',
  source:
    'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/how-to-set-sandbox-config-kata.md',
  ...obeyed({
    prefixes: ['io.katacontainers.'],
    allowed: new Set([
      // The size of the VM: numbers only, and inside the cgroup of the Pod.
      'io.katacontainers.config.hypervisor.default_vcpus',
      'io.katacontainers.config.hypervisor.default_max_vcpus',
      'io.katacontainers.config.hypervisor.default_memory',
      // For a remote hypervisor alone: they choose among the instance sizes that the operator listed.
      'io.katacontainers.config.hypervisor.default_gpus',
      'io.katacontainers.config.hypervisor.default_gpu_model',
      // What a confidential VM is measured with: it keeps the host out of the VM, and every such Pod carries one.
      'io.katacontainers.config.hypervisor.cc_init_data',
      'io.katacontainers.config.agent.policy',
      // Seconds to wait for large images that are pulled inside the VM.
      'io.katacontainers.config.runtime.create_container_timeout',
    ]),
  }),
};

/**
 * Devices, user namespace, seccomp profile, cgroup settings. The names of old are `io.kubernetes.cri-o.*`, those of today
 * `*.crio.io` (pkg/annotations/v2). Keys that tune CPUs and interrupts do not reach into the host.
 */
export const crioAnnotation: Signal = {
  id: 'crioAnnotation',
  ...shared,
  title: 'CRI-O annotation',
  reason: 'CRI-O takes devices, seccomp profiles and namespaces from these annotations',
  source: 'https://github.com/cri-o/cri-o/blob/main/pkg/annotations/v2/annotations.go',
  ...obeyed({
    prefixes: ['io.kubernetes.cri-o.', 'seccomp-profile.kubernetes.cri-o.io', 'io.containers.trace-syscall'],
    part: '.crio.io',
    allowedPrefixes: ['cpu-', 'irq-', 'skip-gomaxprocs.'],
  }),
};

/** crun: hooks' output, seccomp plugins, handlers. runc and crun: systemd properties (GHSA-2cgq-h8xw-2v5j). */
export const ociAnnotation: Signal = {
  id: 'ociAnnotation',
  ...shared,
  title: 'OCI runtime annotation',
  reason: 'runc and crun take systemd properties, seccomp plugins and handlers from these annotations',
  source: 'https://github.com/containers/crun/blob/main/crun.1.md#extensions-to-oci',
  ...obeyed({ prefixes: ['run.oci.', 'org.systemd.property.', 'org.criu.'] }),
};

/** The Container Device Interface: any device that a file in /etc/cdi of the node describes, past the device plugin. */
export const cdiAnnotation: Signal = {
  id: 'cdiAnnotation',
  ...shared,
  title: 'CDI annotation',
  reason: 'the runtime adds devices of the host, past the scheduler and the device plugin',
  source: 'https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md',
  ...obeyed({ prefixes: ['cdi.k8s.io/'] }),
};

/** Older ways to choose a runtime, past the RuntimeClass. */
export const untrustedWorkloadAnnotation: Signal = {
  id: 'untrustedWorkloadAnnotation',
  ...shared,
  title: 'Annotation that chooses a runtime',
  reason: 'older runtimes choose the handler by it, past the RuntimeClass',
  fix: 'remove the annotation, and set runtimeClassName if a sandbox is wanted',
  source: 'https://github.com/containerd/containerd/blob/release/1.7/docs/cri/config.md#untrusted-workload',
  ...obeyed({
    prefixes: [
      'io.kubernetes.cri.untrusted-workload',
      'runtime-handler.cri.kubernetes.io',
      'io.containerd.cri.runtime-handler',
    ],
  }),
};
