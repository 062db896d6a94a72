/**
 * What a resource name asks for; undefined for cpu, memory, ephemeral-storage and other names of Kubernetes itself, and for
 * what gives no device to a container.
 */
export type ResourceClass =
  | 'hugepages'
  | 'gpu'
  | 'gpuPassthrough'
  | 'fuseDevice'
  | 'kvmDevice'
  | 'extendedResource';

/** The signals about resources by name: their findings have the names as values. */
export const RESOURCE_SIGNALS: ReadonlySet<string> = new Set<ResourceClass>([
  'hugepages',
  'gpu',
  'gpuPassthrough',
  'fuseDevice',
  'kvmDevice',
  'extendedResource',
]);

/** Device plugins choose their own domains (`smarter-devices/fuse`, `devic.es/dev_fuse`), so the last word of the name decides. */
const FUSE = /[/_.-]fuse$/;
const KVM = /[/_.-]kvm$/;

/**
 * nvidia.com/pgpu, and what KubeVirt's device plugin makes from the names of models: nvidia.com/GA102GL_A10,
 * nvidia.com/GRID_T4-1Q. Other names of the domain are no GPUs: hostdev, rdma_shared_device_a, imex-channel.
 */
const PASSED_THROUGH = /^nvidia[.]com\/(pgpu|[A-Z0-9][A-Z0-9_.-]*[A-Z][A-Z0-9_.-]*)$/;

/**
 * GPUs and similar accelerators, for which a device plugin hands a container the device nodes of the host's driver.
 * https://github.com/NVIDIA/k8s-device-plugin (gpu.shared: time slices of a whole one; mig-*: partitions),
 * https://github.com/ROCm/k8s-device-plugin (amd.com/gpu, and partitions such as cpx_nps4),
 * https://github.com/intel/intel-device-plugins-for-kubernetes/tree/main/cmd/gpu_plugin (i915, xe),
 * https://docs.habana.ai/en/latest/Installation_Guide/Additional_Installation/Kubernetes_Installation/Intel_Gaudi_Kubernetes_Device_Plugin.html (gaudi),
 * https://awsdocs-neuron.readthedocs-hosted.com/en/latest/containers/kubernetes-getting-started.html (neuron*),
 * and shares of one, for which a scheduler extender divides the memory or the cores of a whole GPU:
 * https://github.com/AliyunContainerService/gpushare-scheduler-extender (aliyun.com/gpu-mem, gpu-count, gpu-core.percentage),
 * https://github.com/tkestack/gpu-manager (tencent.com/vcuda-core, vcuda-memory),
 * https://www.tencentcloud.com/document/product/457/42973 (tke.cloud.tencent.com/qgpu-core, qgpu-memory),
 * https://github.com/volcano-sh/devices (volcano.sh/vgpu-number, vgpu-memory, gpu-memory, gpu-number),
 * https://github.com/Project-HAMi/HAMi (nvidia.com/gpumem, gpumem-percentage, gpucores)
 */
const GPU =
  /^(nvidia[.]com\/(gpu([.]shared|mem|mem-percentage|cores)?$|mig-)|(aliyun|volcano)[.](com|sh)\/v?gpu-|tencent[.]com\/vcuda-|tke[.]cloud[.]tencent[.]com\/qgpu-|amd[.]com\/|gpu[.]intel[.]com\/|habana[.]ai\/|aws[.]amazon[.]com\/neuron)/;

/**
 * Resources that hand no device to a container: addresses and interfaces that the network plugin puts into the Pod's own
 * network, and counters of nodes. Many are added by a webhook, so the author of the Pod cannot take them out.
 * https://github.com/aws/amazon-vpc-resource-controller-k8s (pod-eni, PrivateIPv4Address; efa is a device),
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods (addresses of a network;
 * the network's own name may be that of a device),
 * https://www.tencentcloud.com/document/product/457/43557 (eni-ip, direct-eni, sub-eni),
 * https://github.com/AliyunContainerService/terway (eni, eni-ip, member-eni; erdma is a device),
 * https://github.com/kubevirt/bridge-marker and https://github.com/k8snetworkplumbingwg/ovs-cni (bridges that a node has),
 * https://github.com/kata-containers/kata-containers/blob/main/tools/packaging/kata-deploy (keys of confidential VMs)
 */
const NO_DEVICE = [
  /^vpc[.]amazonaws[.]com\/(pod-eni|PrivateIPv4Address)$/,
  /^networking[.]gke[.]io[.]networks\/.+[.]IP$/,
  /^tke[.]cloud[.]tencent[.]com\/(eni-ip|direct-eni|sub-eni)$/,
  /^aliyun\/(eni|eni-ip|member-eni)$/,
  /^(ovs-cni|bridge)[.]network[.]kubevirt[.]io\//,
  /^(sev-snp[.]amd[.]com\/esids|tdx[.]intel[.]com\/keys)$/,
];

/**
 * @param name a key of `resources.limits` or `resources.requests`
 * @returns exactly one class for each name that needs more than cpu and memory
 */
export function classifyResource(name: string): ResourceClass | undefined {
  if (name.startsWith('hugepages-')) return 'hugepages';
  // As in IsExtendedResourceName in pkg/apis/core/v1/helper, names without a domain or with kubernetes.io belong to Kubernetes
  // itself.
  if (!name.includes('/') || name.includes('kubernetes.io/')) return undefined;
  if (NO_DEVICE.some(names => names.test(name))) return undefined;
  if (GPU.test(name)) return 'gpu';
  if (PASSED_THROUGH.test(name)) return 'gpuPassthrough';
  if (FUSE.test(name)) return 'fuseDevice';
  if (KVM.test(name)) return 'kvmDevice';
  return 'extendedResource';
}
