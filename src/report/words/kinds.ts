import type { Decision } from '../../decision/decision.ts';
import type { SignalId } from '../../signals/signal.ts';

/** The names of things: in Kubernetes, or for a service of a Compose file. */
export interface Words {
  /** The name of what chooses a sandbox. */
  readonly sandboxClass: string;
  /** The field that sets it. */
  readonly field: string;
  /** The name of what is judged. */
  readonly pod: string;
}

const KUBERNETES: Words = { sandboxClass: 'RuntimeClass', field: 'runtimeClassName', pod: 'Pod' };
const COMPOSE: Words = { sandboxClass: 'runtime', field: 'runtime', pod: 'service' };

export const wordsFor = ({ isService }: Pick<Decision, 'isService'>): Words =>
  isService ? COMPOSE : KUBERNETES;

/** What an author can do about a signal in a Compose file. Signals that no service has are missing. */
export const COMPOSE_FIXES: Readonly<Partial<Record<SignalId, string>>> = {
  hostPathSocket:
    'remove the mount; what needs the API of Docker gets it through a proxy that lets little pass, on a host of its own',
  hostPathDevice: 'remove the device, or run the service on a host of its own',
  hostPathSystem: 'remove the mount, or copy what is needed into the project',
  hostPathService: 'remove the mount',
  hostPath: 'use a named volume, or a folder of the project',
  hostPathPublic: 'copy the file into the project or the image',
  hostPID: 'remove pid',
  hostNetwork: "remove network_mode, or the network that is the host's, and publish ports instead",
  hostIPC: 'remove ipc, or share that of another service',
  gvisorAnnotation: 'remove the annotation',
  kataAnnotation: 'remove the annotation',
  crioAnnotation: 'remove the annotation',
  ociAnnotation: 'remove the annotation',
  cdiAnnotation: 'remove the annotation',
  nriAnnotation: 'remove the annotation',
  hypervAnnotation: 'remove the annotation',
  untrustedWorkloadAnnotation: 'remove the annotation',
  privileged: 'remove privileged, and add by cap_add what is needed',
  mountPropagationBidirectional: 'leave bind.propagation out, or use rslave',
  mountPropagationHostToContainer: 'leave bind.propagation out',
  capabilityHostRoot: 'remove the capability from cap_add',
  capabilityHostKernel: 'remove the capability from cap_add',
  capabilityNetAdmin: 'remove the capability from cap_add',
  capabilityNetRaw: 'remove the capability from cap_add',
  capabilityOther: 'remove the capability from cap_add',
  capabilityBaseline: 'remove the capability from cap_add',
  capabilityNotDropped: 'set cap_drop to [ALL], and add by cap_add what is needed',
  procMount: 'remove systempaths=unconfined',
  seccompUnconfined: 'remove seccomp from security_opt: the profile of Docker is then in force',
  appArmorUnconfined: 'remove apparmor=unconfined: docker-default is then in force',
  appArmorLocalhost: 'leave the profile out if the sandbox is confinement enough',
  seLinuxOptions: 'remove the label option',
  seLinuxLabel: 'remove the label option',
  sysctlUnsafe: 'remove the sysctl, or set it on the host',
  allowPrivilegeEscalation: 'add no-new-privileges:true to security_opt',
  writableCgroups: 'remove writable-cgroups',
  runAsNonRoot: 'set user to a number other than 0',
  runAsRoot: 'set user to a number other than 0',
  volumeType: 'use a volume of the driver local',
  unsetLimits: 'set mem_limit and cpus, or deploy.resources.limits',
  gpu: 'ask for a GPU that the sandbox takes: runsc with --nvproxy a whole NVIDIA one',
  extendedResource: 'remove the device',
  gpuPassthrough: 'run it where the daemon has a runtime whose VM is given GPUs',
  fuseDevice: 'mount it on the host, and give the service a volume of it',
  kvmDevice: 'run without hardware virtualisation, or on a host of its own',
  networkVolume: 'keep the data in a volume of the driver local if the sandbox must not share a file system',
  imageVolume: 'copy the files into the image of the service',
  csiInlineVolume: 'use a volume of the driver local',
  subPath: 'mount the whole volume',
  imageTag: 'name a version, preferably with its digest',
  imageDigest: 'add the digest: name:tag@sha256:…',
  sysctlSafe: 'remove the sysctl if the default value will do',
  windowsPod: 'name a platform of Linux if the image is one for it',
};
