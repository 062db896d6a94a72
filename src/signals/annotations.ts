import { createHash } from 'node:crypto';
import { perPod } from '../pod/per-pod.ts';
import { eachAnnotation, NOTHING, type Occurrence } from '../pod/visit.ts';
import { inBrackets } from '../source/path.ts';
import {
  anyOfFamily,
  FAMILIES,
  type FamilyName,
  isSuspect,
  matches,
  matchesCel,
  NAMED,
} from './annotation-families.ts';
import { annotationValue, anyAnnotation, asked, guarded, unwaived } from './guards.ts';
import { removing } from './mend.ts';
import type { Signal } from './signal.ts';

/*
Annotations that the runtime obeys, and with which an author can undo a sandbox. Containerd and CRI-O hand on those that
the node's configuration lists, often by a wildcard.

Field: metadata.annotations. Keys are compared in lower case, though the runtimes are stricter: a spelling that means
nothing today costs its author nothing.
*/
/** The most characters of a value that is shown: a longer one may be a whole file. */
const SHORT = 64;

/**
 * A value as it is shown, or its hash, which changes with the value, so that an update to another one is noticed. It has 128
 * bits, as an author may look for two values with the same hash.
 */
export const shown = (value: string): string =>
  value.length <= SHORT
    ? value
    : `<${value.length} characters, sha256 ${createHash('sha256').update(value).digest('hex').slice(0, 32)}>`;

/** `inspect` and `guard` of one family: the same question in two languages. */
function obeyed(name: FamilyName): Pick<Extract<Signal, { guard: string }>, 'inspect' | 'guard' | 'guardAt'> {
  const found = `[a.trim().lowerAscii()].exists(k, ${matchesCel(FAMILIES[name])})`;
  return {
    ...guarded(lens => {
      const some = asked(lens, 'annotation', isSuspect('a'), anyOfFamily(lens.made.families, name));
      const left = unwaived(lens, found, annotationValue(lens), 'pod');
      // Only what an exemption may waive is tested again, one by one.
      return left === found ? some : `${some} && ${anyAnnotation(lens, left)}`;
    }),
    inspect: pod => hitsByFamily(pod).get(name) ?? NOTHING,
  };
}

/** An author may write tens of thousands of annotations, so each is read once, and not once for each family. */
const hitsByFamily = perPod(pod => {
  const hits = new Map<string, Occurrence[]>();
  const look = (key: string, value: string): undefined => {
    const read = key.trim().toLowerCase();
    for (const [name, family] of NAMED) {
      if (!matches(family, read)) continue;
      const ofFamily = hits.get(name) ?? [];
      ofFamily.push({ path: `metadata.annotations${inBrackets(key)}`, value: shown(value) });
      hits.set(name, ofFamily);
    }
  };
  eachAnnotation(pod, look);
  return hits;
});

/** The value that a finding shows for an annotation that a runtime obeys; undefined for any other annotation. */
export function obeyedValue(key: string, value: string): string | undefined {
  const read = key.trim().toLowerCase();
  return NAMED.some(([, family]) => matches(family, read)) ? shown(value) : undefined;
}

const shared = {
  category: 'breakout',
  weight: 80,
  fix: 'remove the annotation; what it sets belongs in the configuration of the node',
  mend: removing,
} as const;

/**
 * `dev.gvisor.flag.*` sets flags of runsc: `host-uds` needs no opt-in and lets host sockets in; `dev.gvisor.spec.*` names host
 * files as mounts and root file system; `dev.gvisor.internal.*` switches on device proxies. All of them are found, except for
 * one that is meant for authors.
 */
export const gvisorAnnotation: Signal = {
  id: 'gvisorAnnotation',
  ...shared,
  title: 'gVisor annotation',
  reason: 'runsc takes flags, mounts and device proxies from these annotations',
  source: 'https://github.com/google/gvisor/blob/master/runsc/config/flags.go',
  ...obeyed('gvisor'),
};

/** CVE-2020-27151, GHSA-rr59-xxvx-96qr: paths of programs, kernel parameters, the mode of the network, and so on. */
export const kataAnnotation: Signal = {
  id: 'kataAnnotation',
  ...shared,
  title: 'Kata annotation',
  reason: 'Kata takes programs, images, kernel parameters and the network of the VM from these annotations',
  source:
    'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/how-to-set-sandbox-config-kata.md',
  ...obeyed('kata'),
};

/**
 * Devices, the user namespace, the seccomp profile, and settings of cgroups. The old names are `io.kubernetes.cri-o.*`, the new
 * ones `*.crio.io` (pkg/annotations/v2). Keys that tune CPUs and interrupts do not reach into the host.
 */
export const crioAnnotation: Signal = {
  id: 'crioAnnotation',
  ...shared,
  title: 'CRI-O annotation',
  reason: 'CRI-O takes devices, seccomp profiles and namespaces from these annotations',
  source: 'https://github.com/cri-o/cri-o/blob/main/pkg/annotations/v2/annotations.go',
  ...obeyed('crio'),
};

/**
 * crun reads where hooks write, seccomp plugins, and handlers, of which WebAssembly has a key of its own
 * (https://github.com/containers/crun/blob/main/docs/wasm-wasi-on-kubernetes.md). runc and crun read systemd properties
 * (GHSA-2cgq-h8xw-2v5j).
 */
export const ociAnnotation: Signal = {
  id: 'ociAnnotation',
  ...shared,
  title: 'OCI runtime annotation',
  reason: 'runc and crun take systemd properties, seccomp plugins and handlers from these annotations',
  source: 'https://github.com/containers/crun/blob/main/crun.1.md#extensions-to-oci',
  ...obeyed('oci'),
};

/**
 * The Container Device Interface gives a container any device that a file in /etc/cdi of the node describes, past the device
 * plugin. NVIDIA's runtime has a prefix of its own for it (`annotation-prefixes` in its config.toml).
 */
export const cdiAnnotation: Signal = {
  id: 'cdiAnnotation',
  ...shared,
  title: 'CDI annotation',
  reason: 'the runtime adds devices of the host that neither the scheduler nor a device plugin knows of',
  source: 'https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md',
  ...obeyed('cdi'),
};

/**
 * Plugins of the Node Resource Interface, to which containerd and CRI-O pass every annotation of a Pod, give it device nodes,
 * mounts of the host, CDI devices and network interfaces. Where no such plugin runs, which the API cannot show, the annotations
 * have no effect.
 */
export const nriAnnotation: Signal = {
  id: 'nriAnnotation',
  ...shared,
  title: 'NRI annotation',
  phrase: 'an NRI annotation',
  reason: 'a plugin of the node adds devices and mounts of the host that these annotations name',
  source: 'https://github.com/containerd/nri/tree/main/plugins/device-injector',
  ...obeyed('nri'),
};

/**
 * The shim for Windows containers reads services of the host that a VM may reach (`hv-socket.service-table`), the host's pipe
 * that its console writes to, the root file system and kernel of the VM, and HostProcess. containerd passes
 * `io.microsoft.virtualmachine.*` on by default (internal/cri/config/config_windows.go).
 */
export const hypervAnnotation: Signal = {
  id: 'hypervAnnotation',
  ...shared,
  title: 'Hyper-V annotation',
  reason:
    'the shim for Windows containers takes settings of the VM, and ways to the host, from these annotations',
  source: 'https://github.com/microsoft/hcsshim/tree/main/pkg/annotations',
  ...obeyed('hyperv'),
};

/** Older ways to choose a runtime without a RuntimeClass. */
export const untrustedWorkloadAnnotation: Signal = {
  id: 'untrustedWorkloadAnnotation',
  ...shared,
  title: 'Annotation that chooses a runtime',
  reason: 'older runtimes choose the handler by it, whatever the RuntimeClass says',
  fix: 'remove the annotation, and set runtimeClassName if a sandbox is wanted',
  source: 'https://github.com/containerd/containerd/blob/release/1.7/docs/cri/config.md#untrusted-workload',
  ...obeyed('untrustedWorkload'),
};
