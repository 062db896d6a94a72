/** What a resource name asks for; undefined for cpu, memory, ephemeral-storage and other names of Kubernetes' own. */
export type ResourceClass =
  | 'hugepages'
  | 'gpu'
  | 'gpuPassthrough'
  | 'fuseDevice'
  | 'kvmDevice'
  | 'extendedResource';

/** Device plugins choose their own domains (`smarter-devices/fuse`, `devic.es/dev_fuse`); the last word tells. */
const FUSE = /[/_.-]fuse$/;
const KVM = /[/_.-]kvm$/;

/**
 * nvidia.com/pgpu, and what KubeVirt's device plugin makes of the names of models: nvidia.com/GA102GL_A10,
 * nvidia.com/GRID_T4-1Q. Others of the domain are no GPUs: hostdev, rdma_shared_device_a, imex-channel.
 */
const PASSED_THROUGH = /^nvidia[.]com\/(pgpu|[A-Z0-9][A-Z0-9_.-]*[A-Z][A-Z0-9_.-]*)$/;

/**
 * @param name a key of `resources.limits` or `resources.requests`
 * @returns exactly one class for each name that needs more than cpu and memory
 */
export function classifyResource(name: string): ResourceClass | undefined {
  if (name.startsWith('hugepages-')) return 'hugepages';
  // IsExtendedResourceName in pkg/apis/core/v1/helper: no domain, or kubernetes.io, is Kubernetes' own.
  if (!name.includes('/') || name.includes('kubernetes.io/')) return undefined;
  if (isGpu(name)) return 'gpu';
  if (PASSED_THROUGH.test(name)) return 'gpuPassthrough';
  if (FUSE.test(name)) return 'fuseDevice';
  if (KVM.test(name)) return 'kvmDevice';
  return 'extendedResource';
}

const isGpu = (name: string): boolean =>
  name === 'nvidia.com/gpu' ||
  name === 'nvidia.com/gpu.shared' || // time slicing
  name.startsWith('nvidia.com/mig-') ||
  name.startsWith('amd.com/') || // gpu, and partitions such as cpx_nps4
  name.startsWith('gpu.intel.com/');
