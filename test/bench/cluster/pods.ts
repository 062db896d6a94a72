/** The namespace is in mode enforce; every admission of this bench is for it alone. */
export const NAMESPACE = 'bench';
export const CLASS = 'gvisor';
export const NODE = 'bench-node';

/**
 * The Pods as a person writes them: one of two containers that needs nothing, and the same with a high risk, which must get
 * gVisor.
 */
export type PodKind = 'plain' | 'high';

const container = (name: string, image: string) => ({
  name,
  image,
  env: Array.from({ length: 10 }, (_, i) => ({ name: `E${i}`, value: `v${i}` })),
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '64Mi' } },
});

interface PodTweak {
  readonly metadata?: object;
  readonly spec?: object;
}

export const podOf = (kind: PodKind, { metadata, spec }: PodTweak = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'web-',
    namespace: NAMESPACE,
    labels: { app: 'web', ...(kind === 'high' && { 'cofferdam.dev/risk': 'high' }) },
    ...metadata,
  },
  spec: {
    containers: [container('web', 'nginx:1.27'), { name: 'log', image: 'busybox' }],
    ...spec,
  },
});

/** The class that the Pod must name where nobody sets it. */
export const NAMED = { spec: { runtimeClassName: CLASS } };

const TIME = '2026-11-24T00:00:00Z';
const containerStatus = (name: string, image: string, step: number) => {
  const started = step >= 4;
  return {
    name,
    image,
    imageID: started ? `docker.io/library/${image}@sha256:${'0'.repeat(64)}` : '',
    ...(started && { containerID: `containerd://${'1'.repeat(64)}` }),
    ready: step === 5,
    started,
    restartCount: 0,
    lastState: {},
    state: started
      ? { running: { startedAt: TIME } }
      : { waiting: { reason: step > 2 ? 'PodInitializing' : 'ContainerCreating' } },
  };
};

const condition = (type: string, met: boolean, at: string) => ({
  type,
  status: met ? 'True' : 'False',
  lastProbeTime: null,
  lastTransitionTime: at,
  ...(!met && { reason: 'ContainersNotReady', message: 'containers with unready status: [web log]' }),
});

export const STATUS_PATCHES = 6;

/**
 * The status patches of a kubelet as a Pod comes up, a strategic merge patch each, all different: scheduled, sandbox made,
 * addresses known, images pulled, containers running, ready.
 * @param step from 0 to 5; from 6 on, what a Pod that runs changes: the time of a condition
 */
export function statusPatch(step: number): string {
  const stage = Math.min(step, STATUS_PATCHES - 1);
  const at = new Date(Date.parse(TIME) + step * 1000).toISOString().replace('.000', '');
  const status = {
    phase: stage >= 4 ? 'Running' : 'Pending',
    hostIP: '10.0.0.1',
    hostIPs: [{ ip: '10.0.0.1' }],
    startTime: TIME,
    qosClass: 'Burstable',
    ...(stage >= 2 && { podIP: '10.1.0.2', podIPs: [{ ip: '10.1.0.2' }] }),
    conditions: [
      condition('PodReadyToStartContainers', stage >= 1, at),
      condition('Initialized', true, TIME),
      condition('Ready', stage === 5, at),
      condition('ContainersReady', stage === 5, at),
      condition('PodScheduled', true, TIME),
    ],
    containerStatuses: [
      containerStatus('web', 'nginx:1.27', stage),
      containerStatus('log', 'busybox', stage),
    ],
  };
  return JSON.stringify({ status });
}
