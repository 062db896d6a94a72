import { addContainer, type DraftPod, withVolume } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const limits =
  (name: string, quantity = '1') =>
  (pod: DraftPod) => {
    addContainer(pod, 'container').resources = { limits: { cpu: '1', memory: '1Gi', [name]: quantity } };
  };
const requiring = (pod: DraftPod, ...expressions: object[]) => {
  const nodeSelectorTerms = expressions.map(expression => ({ matchExpressions: [expression] }));
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  Object.assign(pod.spec, { affinity: { nodeAffinity: required } });
};
const limit = (name: string) => `spec.containers[1].resources.limits[${name}] = ${name}`;

/** A limit for each name that fires, none for each near miss. */
const resources = (signal: string, fires: readonly string[], near: readonly string[]) =>
  cases(
    signal,
    ...fires.map(name => [name, limits(name), limit(name)] as const),
    ...near.map(name => [`not ${name}`, limits(name)] as const),
    ...['0', '0Mi', '0.0'].map(none => [`${none} asked for`, limits(fires[0] ?? '', none)] as const),
  );

export const RESOURCES = [
  ...resources('hugepages', ['hugepages-2Mi'], ['memory']),
  ...cases('hugepages', [
    'a volume of them',
    withVolume({ emptyDir: { medium: 'HugePages-1Gi' } }),
    'spec.volumes[0].emptyDir.medium = HugePages-1Gi',
  ]),
  ...cases('hugepages', [
    'of the Pod as a whole',
    pod => Object.assign(pod.spec, { resources: { limits: { 'hugepages-2Mi': '4Mi' } } }),
    'spec.resources.limits[hugepages-2Mi] = hugepages-2Mi',
  ]),
  ...cases('hugepages', [
    'requested by the Pod as a whole',
    pod => Object.assign(pod.spec, { resources: { requests: { 'hugepages-1Gi': '1Gi' } } }),
    'spec.resources.requests[hugepages-1Gi] = hugepages-1Gi',
  ]),
  ...resources(
    'gpu',
    [
      'nvidia.com/gpu',
      'nvidia.com/gpu.shared',
      'nvidia.com/mig-1g.5gb',
      'amd.com/gpu',
      'gpu.intel.com/i915',
      'habana.ai/gaudi',
      'aws.amazon.com/neuroncore',
      'nvidia.com/gpumem',
      'aliyun.com/gpu-mem',
      'tencent.com/vcuda-core',
      'tke.cloud.tencent.com/qgpu-core',
      'volcano.sh/vgpu-number',
    ],
    [
      'nvidia.com/pgpu',
      'nvidia.com/gpumemory',
      'aliyun.com/gpumem',
      'volcano.sh/queue',
      'aws.amazon.com/other',
      'cpu',
    ],
  ),
  ...cases(
    'gpu',
    [
      "a partition by a whole GPU's name, on GKE",
      pod => {
        limits('nvidia.com/gpu')(pod);
        pod.spec.nodeSelector = { 'cloud.google.com/gke-gpu-partition-size': '1g.5gb' };
      },
      'spec.containers[1].resources.limits[nvidia.com/gpu] = nvidia.com/mig-1g.5gb',
    ],
    [
      "a partition by a whole GPU's name, from NVIDIA's plugin",
      pod => {
        limits('nvidia.com/gpu')(pod);
        pod.spec.nodeSelector = { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-3g.20gb' };
      },
      'spec.containers[1].resources.limits[nvidia.com/gpu] = nvidia.com/mig-3g.20gb',
    ],
    [
      'a partition, by every term of the required node affinity',
      pod => {
        limits('nvidia.com/gpu')(pod);
        requiring(
          pod,
          { key: 'cloud.google.com/gke-gpu-partition-size', operator: 'In', values: ['1g.5gb', '2g.10gb'] },
          { key: 'nvidia.com/gpu.product', operator: 'In', values: ['NVIDIA-A100-SXM4-40GB-MIG-3g.20gb'] },
        );
      },
      'spec.containers[1].resources.limits[nvidia.com/gpu] = nvidia.com/mig-1g.5gb',
    ],
    [
      'a whole one, where one of the terms leaves it to that',
      pod => {
        limits('nvidia.com/gpu')(pod);
        requiring(
          pod,
          { key: 'cloud.google.com/gke-gpu-partition-size', operator: 'In', values: ['1g.5gb'] },
          { key: 'nvidia.com/gpu.product', operator: 'In', values: ['A100-MIG-3g.20gb', 'A100'] },
        );
      },
      'spec.containers[1].resources.limits[nvidia.com/gpu] = nvidia.com/gpu',
    ],
    [
      'a whole one of a product',
      pod => {
        limits('nvidia.com/gpu')(pod);
        pod.spec.nodeSelector = { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB' };
      },
      'spec.containers[1].resources.limits[nvidia.com/gpu] = nvidia.com/gpu',
    ],
  ),
  ...resources(
    'gpuPassthrough',
    ['nvidia.com/pgpu', 'nvidia.com/GA102GL_A10', 'nvidia.com/GRID_T4-1Q'],
    ['nvidia.com/gpu', 'nvidia.com/hostdev', 'nvidia.com/rdma_shared_device_a'],
  ),
  ...resources(
    'fuseDevice',
    ['smarter-devices/fuse', 'devic.es/dev_fuse', 'example.com/fuse'],
    ['example.com/fused'],
  ),
  ...resources('kvmDevice', ['devices.kubevirt.io/kvm', 'smarter-devices/kvm'], ['example.com/kvmish']),
  ...resources(
    'extendedResource',
    [
      ...['example.com/fpga', 'rdma/hca', 'google.com/tpu', 'vpc.amazonaws.com/efa', 'aliyun/erdma'],
      ...['networking.gke.io.networks/rdma-0', 'sgx.intel.com/enclave', 'vpc.amazonaws.com/pod-eni-like'],
    ],
    [
      ...['ephemeral-storage', 'kubernetes.io/x', 'nvidia.com/gpu', 'smarter-devices/kvm'],
      ...['vpc.amazonaws.com/pod-eni', 'vpc.amazonaws.com/PrivateIPv4Address'],
      ...['networking.gke.io.networks/blue.IP', 'tke.cloud.tencent.com/eni-ip', 'aliyun/member-eni'],
      ...['ovs-cni.network.kubevirt.io/br1', 'bridge.network.kubevirt.io/br1', 'tdx.intel.com/keys'],
    ],
  ),
  ...cases('extendedResource', [
    'asked for twice, told once',
    pod => {
      addContainer(pod, 'container').resources = {
        limits: { 'a.io/x': '1' },
        requests: { 'a.io/x': '1', 'a.io/y': '2' },
      };
    },
    'spec.containers[1].resources.limits[a.io/x] = a.io/x',
    'spec.containers[1].resources.requests[a.io/y] = a.io/y',
  ]),
  ...cases(
    'unsetLimits',
    [
      'no memory',
      pod => {
        addContainer(pod, 'init').resources = { limits: { cpu: '1' }, requests: { memory: '1Gi' } };
      },
      'spec.initContainers[0].resources.limits = memory',
    ],
    [
      'neither, and no cpu',
      pod => {
        delete addContainer(pod, 'container').resources;
        addContainer(pod, 'container').resources = { limits: { memory: '1Gi' } };
      },
      'spec.containers[1].resources.limits = cpu, memory',
      'spec.containers[2].resources.limits = cpu',
    ],
    [
      'limits of the Pod as a whole',
      pod => {
        delete addContainer(pod, 'container').resources;
        Object.assign(pod.spec, { resources: { limits: { cpu: '1', memory: '1Gi' } } });
      },
    ],
    ['an ephemeral container, which cannot have any', pod => addContainer(pod, 'ephemeral')],
  ),
];
