import type { Container, PodSpec } from '../pod/kube.ts';
import { perPod } from '../pod/per-pod.ts';
import type { ContainerView, VolumeView } from '../pod/view.ts';
import { eachContainer, eachVolume, NOTHING, type Occurrence } from '../pod/visit.ts';
import { inBrackets } from '../source/path.ts';
import { type Requirement, requiredTerms } from './node-terms.ts';
import { classifyResource, type ResourceClass } from './resource-names.ts';
import type { Signal } from './signal.ts';

type Resources = NonNullable<Container['resources']>;

/*
What the Pod asks of nodes by resource name.

Fields: resources.{limits,requests} of every container, spec.resources (KEP-2837), and the medium of emptyDirs.
Each name belongs to exactly one signal; `resource-names.ts` says to which. A quantity of 0 asks for nothing.
*/
const PLUGINS = 'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/';

/** Inspects the resources of every container and of the Pod for one class of names. */
const named =
  (wanted: ResourceClass): Signal['inspect'] =>
  pod =>
    hitsByClass(pod).get(wanted) ?? NOTHING;

/** An author may write tens of thousands of names, so each is looked at once, and not once for each signal. */
const hitsByClass = perPod((pod): HitsByClass => {
  const whole = namesIn(pod.spec.resources, 'spec') ?? NOTHING;
  const ofContainers = eachContainer(pod, namesOf);
  // This is so for nearly all Pods: cpu and memory are in no class.
  if (whole.length + ofContainers.length === 0) return NONE;
  const partition = partitionOf(pod.spec);
  const named: readonly Occurrence[] = [...whole, ...ofContainers];
  const hits =
    partition === undefined
      ? named
      : named.map(hit => (hit.value === GPU ? { ...hit, value: partition } : hit));
  return Map.groupBy(hits, ({ value }) => classifyResource(String(value)));
});

type HitsByClass = ReadonlyMap<ResourceClass | undefined, readonly Occurrence[]>;
const NONE: HitsByClass = new Map();

const GPU = 'nvidia.com/gpu';

/**
 * The size of partition that the name of a whole GPU stands for on nodes that offer partitions by that name, where the Pod
 * chooses such nodes: on GKE (https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-multi), and with NVIDIA's device
 * plugin and MIG_STRATEGY=single (https://github.com/NVIDIA/k8s-device-plugin).
 */
function partitionOf(spec: PodSpec): string | undefined {
  const selected = PARTITION_LABELS.map(label => sizeIn(label, spec.nodeSelector?.[label]));
  const required = requiredTerms(spec).map(({ expressions }) => expressions.map(sizeRequired).find(Boolean));
  const size = selected.find(Boolean) ?? (required.every(Boolean) ? required[0] : undefined);
  return size && `nvidia.com/mig-${size}`;
}

const SIZE_LABEL = 'cloud.google.com/gke-gpu-partition-size';
const PRODUCT_LABEL = 'nvidia.com/gpu.product';
const PARTITION_LABELS = [SIZE_LABEL, PRODUCT_LABEL];

/** The size of a partition that a label of a node gives. */
function sizeIn(label: string | null | undefined, value: string | null | undefined): string | undefined {
  if (label === PRODUCT_LABEL) return /-MIG-(.+)$/.exec(value ?? '')?.[1];
  return label === SIZE_LABEL ? (value ?? undefined) : undefined;
}

/** The size that is required; if there are several, the first. */
function sizeRequired({ key, operator, values }: Requirement): string | undefined {
  const sizes = operator === 'In' ? (values ?? []).map(value => sizeIn(key, value)) : [];
  return sizes.every(Boolean) ? sizes[0] : undefined;
}

const namesOf = ({ spec, path }: ContainerView) => namesIn(spec.resources, path);

/** Limits come first, and a request counts only where it has no limit, since the two must agree for such resources. */
function namesIn(resources: Resources | null | undefined, path: string): readonly Occurrence[] | undefined {
  if (!resources) return undefined;
  let hits: Occurrence[] | undefined;
  for (const field of FIELDS) {
    const list = resources[field];
    for (const name in list) {
      if (classifyResource(name) === undefined || isNone(list[name])) continue;
      if (field === 'requests' && resources.limits?.[name] != null) continue;
      hits ??= [];
      hits.push({ path: `${path}.resources.${field}${inBrackets(name)}`, value: name });
    }
  }
  return hits;
}

const FIELDS = ['limits', 'requests'] as const;
/** A quantity of zero: `0`, `0Mi`, `0.0`, `0e3`. */
const ZERO = /^[+-]?[0.]+([a-zA-Z]|$)/;
const isNone = (quantity: unknown): boolean => quantity == null || ZERO.test(String(quantity));

export const hugepages: Signal = {
  id: 'hugepages',
  category: 'requirement',
  weight: 0,
  title: 'Huge pages',
  phrase: 'huge pages',
  reason: 'pre-allocated huge pages of the node must reach the container',
  fix: 'remove the hugepages resource if transparent huge pages are enough',
  source: 'https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/',
  inspect(pod) {
    const resources = namedHugepages(pod);
    const volumes = eachVolume(pod, hugepageMedium);
    return volumes.length === 0 ? resources : [...resources, ...volumes];
  },
};

const namedHugepages = named('hugepages');

function hugepageMedium({ spec, path }: VolumeView) {
  const medium = spec.emptyDir?.medium;
  return medium?.startsWith('HugePages') ? { path: `${path}.emptyDir.medium`, value: medium } : undefined;
}

export const gpu: Signal = {
  id: 'gpu',
  category: 'requirement',
  weight: 0,
  title: 'GPU',
  reason: 'a GPU or accelerator of the node must reach the container through its driver',
  // It says what a sandbox takes, not which sandbox to choose: another one than the author chose may be weaker.
  fix: 'ask for a GPU that the sandbox takes: for gVisor a whole NVIDIA one (nvidia.com/gpu), for a VM one that is passed through',
  source: 'https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/',
  inspect: named('gpu'),
};

export const gpuPassthrough: Signal = {
  id: 'gpuPassthrough',
  category: 'requirement',
  weight: 0,
  title: 'Passed-through GPU',
  reason: 'a whole GPU must be handed to a VM',
  fix: 'use a class whose VM is given GPUs: its handler has nvidia-gpu in its name',
  source:
    'https://github.com/kata-containers/kata-containers/blob/main/docs/use-cases/NVIDIA-GPU-passthrough-and-Kata-QEMU.md',
  inspect: named('gpuPassthrough'),
};

export const fuseDevice: Signal = {
  id: 'fuseDevice',
  category: 'requirement',
  weight: 0,
  title: 'Device /dev/fuse',
  phrase: 'the device /dev/fuse',
  reason: 'the container mounts file systems of its own through FUSE',
  fix: 'use a CSI driver that mounts for the Pod',
  source: PLUGINS,
  inspect: named('fuseDevice'),
};

export const kvmDevice: Signal = {
  id: 'kvmDevice',
  category: 'requirement',
  weight: 0,
  title: 'Device /dev/kvm',
  phrase: 'the device /dev/kvm',
  reason: 'the container runs virtual machines of its own',
  fix: 'run without hardware virtualisation, or on dedicated nodes',
  source: PLUGINS,
  inspect: named('kvmDevice'),
};

export const extendedResource: Signal = {
  id: 'extendedResource',
  category: 'requirement',
  weight: 0,
  title: 'Extended resource',
  reason: 'a device plugin hands a device of the node to the container',
  fix: 'remove the resource if the workload can do without the device',
  source: PLUGINS,
  inspect: named('extendedResource'),
};
