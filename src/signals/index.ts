import type { PodView } from '../pod/view.ts';
import {
  cdiAnnotation,
  crioAnnotation,
  gvisorAnnotation,
  hypervAnnotation,
  kataAnnotation,
  nriAnnotation,
  ociAnnotation,
  untrustedWorkloadAnnotation,
} from './annotations.ts';
import { appArmorLocalhost, appArmorUnconfined } from './app-armor.ts';
import {
  capabilityBaseline,
  capabilityHostKernel,
  capabilityHostRoot,
  capabilityNetAdmin,
  capabilityNetRaw,
  capabilityNotDropped,
  capabilityOther,
} from './capabilities.ts';
import { writableCgroups } from './cgroups.ts';
import { resourceClaim } from './claims.ts';
import { hostIPC, hostNetwork, hostPID } from './host-namespaces.ts';
import {
  hostPath,
  hostPathDevice,
  hostPathPublic,
  hostPathService,
  hostPathSocket,
  hostPathSystem,
} from './host-path.ts';
import { hostPort } from './host-port.ts';
import { hostProbe } from './host-probe.ts';
import { imageDigest, imageTag } from './image.ts';
import { unsetLimits } from './limits.ts';
import { iptablesInit, meshCapture } from './mesh.ts';
import {
  mountPropagationBidirectional,
  mountPropagationHostToContainer,
  recursiveReadOnly,
  subPath,
} from './mounts.ts';
import { allowPrivilegeEscalation } from './privilege-escalation.ts';
import { privileged } from './privileged.ts';
import { procMount, procMountInUserNamespace } from './proc-mount.ts';
import { extendedResource, fuseDevice, gpu, gpuPassthrough, hugepages, kvmDevice } from './resources.ts';
import { runAsNonRoot, runAsRoot } from './run-as.ts';
import { seLinuxLabel, seLinuxOptions } from './se-linux.ts';
import { seccompLocalhost, seccompUnconfined, seccompUnset } from './seccomp.ts';
import { serviceAccountToken } from './service-account-token.ts';
import type { Finding, Signal, SignalId } from './signal.ts';
import {
  blockVolume,
  csiInlineVolume,
  ephemeralVolume,
  imageVolume,
  liveProjectedVolume,
  persistentVolumeClaim,
} from './storage.ts';
import { sysctlSafe, sysctlUnsafe } from './sysctls.ts';
import { hostUsers } from './user-namespace.ts';
import { networkVolume, volumeType } from './volume-types.ts';
import { hostProcess, windowsPod } from './windows.ts';

/** Every signal, by category, the gravest first. Findings come in this order. */
export const SIGNALS: readonly Signal[] = Object.freeze([
  hostProcess,
  hostPathSocket,
  hostPathDevice,
  hostPathSystem,
  hostPID,
  gvisorAnnotation,
  kataAnnotation,
  crioAnnotation,
  ociAnnotation,
  cdiAnnotation,
  nriAnnotation,
  hypervAnnotation,
  untrustedWorkloadAnnotation,
  privileged,
  mountPropagationBidirectional,

  capabilityHostRoot,
  capabilityHostKernel,
  hostNetwork,
  hostIPC,
  hostPathService,
  hostPath,
  hostPathPublic,
  hostProbe,
  hostPort,
  capabilityNetAdmin,
  capabilityNetRaw,
  capabilityOther,
  procMount,
  seccompUnconfined,
  appArmorUnconfined,
  seLinuxOptions,
  sysctlUnsafe,

  allowPrivilegeEscalation,
  writableCgroups,
  capabilityNotDropped,
  runAsNonRoot,
  runAsRoot,
  seccompUnset,
  procMountInUserNamespace,
  imageTag,
  capabilityBaseline,
  volumeType,
  serviceAccountToken,
  imageDigest,

  blockVolume,
  persistentVolumeClaim,
  ephemeralVolume,
  networkVolume,
  liveProjectedVolume,
  imageVolume,
  csiInlineVolume,
  subPath,
  mountPropagationHostToContainer,
  recursiveReadOnly,
  hugepages,
  gpu,
  gpuPassthrough,
  extendedResource,
  fuseDevice,
  kvmDevice,
  resourceClaim,
  hostUsers,
  iptablesInit,
  meshCapture,
  unsetLimits,
  seccompLocalhost,
  appArmorLocalhost,
  seLinuxLabel,
  sysctlSafe,
  windowsPod,
]);

export const signalById: ReadonlyMap<SignalId, Signal> = new Map(SIGNALS.map(signal => [signal.id, signal]));

/**
 * True for a signal of something that reaches for the host (exposure, breakout); the others are lapses, or only affect
 * placement.
 */
export function isRisk(id: SignalId): boolean {
  const category = signalById.get(id)?.category;
  return category === 'exposure' || category === 'breakout';
}

/** The signals that bear on the verdict of an update. */
export const RISKS: readonly Signal[] = Object.freeze(SIGNALS.filter(({ id }) => isRisk(id)));

/**
 * All hits of all signals, in the order of the registry. It is pure, and never throws on a Pod that `readPod` accepted.
 * @param signals the signals to look for, where not all
 */
export function inspect(pod: PodView, signals = SIGNALS): Finding[] {
  const findings: Finding[] = [];
  for (const signal of signals) {
    const hits = signal.inspect(pod);
    if (hits.length === 0) continue;
    for (const hit of hits) findings.push({ ...hit, signal: signal.id });
  }
  return findings;
}
