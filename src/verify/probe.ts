import type { V1Namespace, V1ObjectMeta, V1Pod, V1SecurityContext } from '@kubernetes/client-node';
import { MODE_LABEL } from '../pod/labels.ts';
import type { Target } from './targets.ts';
import { PROBE_SCRIPT } from './transcript.ts';

/** The label on every object that a run makes, with the id of the run as its value. */
export const VERIFY_LABEL = 'cofferdam.dev/verify';
/** The time when the run is certainly over (RFC 3339): anyone may remove what is left after it. */
export const EXPIRES = 'cofferdam.dev/verify-expires';

export const DEFAULT_IMAGE = 'busybox:1.37.0';

/** One run of `verify`. */
export interface Run {
  /** Lower-case letters and digits, which are part of the names of its objects. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly namespace: string;
  readonly image: string;
  /** The time for one probe, in seconds. */
  readonly timeoutSeconds: number;
}

/** A probe to run; a `privileged` one also looks for the node's disks. */
export interface Probe {
  readonly target: Target;
  readonly privileged: boolean;
}

const metadata = ({ id, expires }: Run, name: string): V1ObjectMeta => ({
  name,
  labels: { [VERIFY_LABEL]: id },
  annotations: { [EXPIRES]: new Date(expires).toISOString() },
});

/**
 * The namespace that a run makes for itself. Its probes name their class, and only the runtime should show, so this project's
 * webhook is told to leave them as they are.
 */
export function namespaceFor(run: Run, privileged: boolean): V1Namespace {
  const { labels, ...rest } = metadata(run, run.namespace);
  return {
    metadata: {
      ...rest,
      labels: {
        ...labels,
        [MODE_LABEL]: 'off',
        'pod-security.kubernetes.io/enforce': privileged ? 'privileged' : 'restricted',
      },
    },
  };
}

/**
 * The Pod of a probe. It is Restricted unless it is to be privileged, has no token, and is gone from the node by its deadline.
 * It is sent to its node by affinity, as the DaemonSet controller does, so that the scheduler and the kubelet have their say;
 * it tolerates all taints.
 */
export function podFor(run: Run, { target, privileged }: Probe, index: number): V1Pod {
  return {
    metadata: metadata(run, `cofferdam-verify-${run.id}-${index}`),
    spec: {
      runtimeClassName: target.runtimeClass,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onNode(target.node) } },
      tolerations: [{ operator: 'Exists' }],
      restartPolicy: 'Never',
      activeDeadlineSeconds: run.timeoutSeconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          name: 'probe',
          image: run.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', '-c', PROBE_SCRIPT],
          resources: { requests: SMALL, limits: { cpu: '100m', memory: '64Mi' } },
          securityContext: privileged ? { privileged: true } : RESTRICTED,
        },
      ],
    },
  };
}

const SMALL = { cpu: '10m', memory: '16Mi' };

const RESTRICTED: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 65534,
  runAsGroup: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};

const onNode = (name: string) => ({
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
});
