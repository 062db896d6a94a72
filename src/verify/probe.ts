import type { V1Namespace, V1ObjectMeta, V1Pod, V1SecurityContext } from '@kubernetes/client-node';
import { MODE_LABEL } from '../pod/labels.ts';
import type { Target } from './targets.ts';
import { PROBE_SCRIPT } from './transcript.ts';

/** The label on every object that a run makes, with the id of the run as its value. */
export const VERIFY_LABEL = 'cofferdam.dev/verify';
/** When the run is over for certain (RFC 3339): what is left after it may be removed by anyone. */
export const EXPIRES = 'cofferdam.dev/verify-expires';

export const DEFAULT_IMAGE = 'busybox:1.37.0';

/** One run of `verify`. */
export interface Run {
  /** Lower-case letters and digits; names of objects are made with it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly namespace: string;
  readonly image: string;
  /** The seconds for one probe. */
  readonly timeoutSeconds: number;
}

/** A probe to run: `privileged` looks for the node's disks as well. */
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
 * The namespace that a run makes for itself. Its probes ask for their class by name, and what is to be seen is the
 * runtime alone: so this project's webhook is told to leave them as they are.
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
 * The Pod of a probe: Restricted unless it is to be privileged, without a token, gone from the node by its deadline. It
 * is sent to its node by affinity, as the DaemonSet controller does, so that the scheduler and the kubelet have their
 * say; taints keep it away from nowhere.
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
