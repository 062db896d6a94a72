import { annotated } from '../../fixtures/minimal.ts';
import { cases } from './case.ts';

const KATA = 'io.katacontainers.config';
/** Keys of more than 80 characters go another way in the guard. */
const LONG = 'x'.repeat(200);

/** Cases of annotations: each key, with a short value, either fires or does not. */
const annotations = (signal: string, fires: readonly string[], near: readonly string[]) =>
  cases(
    signal,
    ...fires.map(key => [key, annotated({ [key]: 'v' }), `metadata.annotations[${key}] = v`] as const),
    ...near.map(key => [`not ${key}`, annotated({ [key]: 'v' })] as const),
  );

export const ANNOTATIONS = [
  ...annotations(
    'gvisorAnnotation',
    [
      'dev.gvisor.flag.host-uds',
      'dev.gvisor.spec.rootfs.source',
      'dev.gvisor.internal.nvproxy',
      'Dev.gVisor.flag.debug',
      ' dev.gvisor.flag.strace ',
      'dev.gvisor.empty-dir.work.force-shared.x',
      'dev.gvisor.empty-dir.work.force-shared-x',
      'dev.gvisor.empty-dir.work.x',
      'dev.gvisor.empty-dir.work.x.force-shared',
      'dev.gvisor.empty-dir..force-shared',
      'dev.gvisor.empty-dir.-work.force-shared',
      'dev.gvisor.empty-dir.force-shared',
      'dev.gvisor.flag.empty-dir.work.force-shared',
      `dev.gvisor.empty-dir.${LONG}.force-shared`,
    ],
    [
      'dev.gvisor',
      'example.com/dev.gvisor.flag',
      'dev.gvisor.empty-dir.work.force-shared',
      'dev.gvisor.empty-dir.w.force-shared',
      `dev.gvisor.empty-dir.${'w'.repeat(63)}.force-shared`,
    ],
  ),
  ...annotations(
    'kataAnnotation',
    [
      `${KATA}.hypervisor.virtio_fs_extra_args`,
      `${KATA}.hypervisor.kernel_params`,
      `${KATA}.hypervisor.path`,
      `${KATA}.hypervisor.default_memory_x`,
      `${KATA}.runtime.disable_new_netns`,
      `${KATA}.agent.kernel_modules`,
      `${KATA}_path`,
      'IO.KataContainers.config.hypervisor.image',
      `${KATA}.hypervisor.${LONG}`,
    ],
    [
      `${KATA}.hypervisor.default_vcpus`,
      `${KATA}.hypervisor.default_memory`,
      `${KATA}.hypervisor.cc_init_data`,
      'katacontainers.io/kata-runtime',
      `${LONG}/${KATA}.hypervisor.path`,
    ],
  ),
  ...annotations(
    'crioAnnotation',
    [
      'io.kubernetes.cri-o.Devices',
      'io.kubernetes.cri-o.userns-mode',
      'io.kubernetes.cri-o.TrySkipVolumeSELinuxLabel',
      'devices.crio.io',
      'seccomp-profile.crio.io/app',
      'unified-cgroup.crio.io.app',
      'seccomp-profile.kubernetes.cri-o.io',
      'io.containers.trace-syscall',
      `seccomp-profile.crio.io/${LONG}`,
      `${LONG}.crio.io`,
    ],
    ['cpu-quota.crio.io', 'irq-load-balancing.crio.io', 'crio.io/x', `cpu-quota.crio.io/${LONG}`],
  ),
  ...annotations(
    'ociAnnotation',
    [
      'run.oci.handler',
      'run.oci.hooks.stdout',
      'org.systemd.property.SuccessAction',
      'org.criu.config',
      'module.wasm.image/variant',
    ],
    ['run.ocis', 'org.opencontainers.image.title', 'module.wasm.imagery'],
  ),
  ...annotations(
    'cdiAnnotation',
    ['cdi.k8s.io/gpu', 'CDI.k8s.io/vendor_x', 'nvidia.cdi.k8s.io/container.app'],
    ['cdi.k8s.io', 'x/cdi.k8s.io', 'nvidia.com/cdi.k8s.io'],
  ),
  ...annotations(
    'nriAnnotation',
    [
      'devices.noderesource.dev/container.app',
      'devices.noderesource.dev',
      'devices.nri.io/pod',
      'Mounts.nri.io/container.app',
      'mounts.noderesource.dev/pod',
      'cdi-devices.nri.io/container.app',
      'cdi-devices.noderesource.dev/pod',
      'cdi.nri.io/container.app',
      'netdevices.nri.io/pod',
      'devices.gke.io/container.app',
    ],
    ['networking.gke.io/interfaces', 'noderesource.dev/devices', 'nri.io'],
  ),
  ...annotations(
    'hypervAnnotation',
    [
      'io.microsoft.virtualmachine.hv-socket.service-table.0000face-facb-11e6-bd58-64006a7986d3',
      'io.microsoft.virtualmachine.console.pipe',
      'IO.Microsoft.VirtualMachine.lcow.extra-vsock-ports',
      'io.microsoft.container.processdumplocation',
      'microsoft.com/hostprocess-container',
    ],
    ['microsoft.com/owner', 'io.microsoft.virtualmachine', 'example.com/io.microsoft.virtualmachine.x'],
  ),
  ...annotations(
    'untrustedWorkloadAnnotation',
    [
      'io.kubernetes.cri.untrusted-workload',
      'runtime-handler.cri.kubernetes.io',
      'io.containerd.cri.runtime-handler',
    ],
    ['io.kubernetes.cri.container-type'],
  ),
];
