import { twoContainerPod } from '../bench/body.ts';

/** Of these kinds, one in ten asks for a sandbox and has none, and one in a hundred would be rejected. */
const KINDS = 100;

/** A Pod as a cluster stores it once it runs: with its history and status, 6 KiB in all. */
function runningPod(kind: number) {
  const pod = twoContainerPod(kind % 10 === 1 ? 'high' : undefined) as { metadata: object; spec: object };
  return {
    metadata: {
      ...pod.metadata,
      ...{ name: 'NAME', namespace: 'NAMESPACE', uid: 'UID', resourceVersion: '12345' },
      creationTimestamp: '2026-11-24T00:00:00Z',
      managedFields: [history('kube-controller-manager', 26), history('kubelet', 26)],
    },
    spec: { ...pod.spec, nodeName: 'node-1', ...(kind % 100 === 2 && { hostPID: true }) },
    status: {
      phase: 'Running',
      conditions: [
        'PodReadyToStartContainers',
        'Initialized',
        'Ready',
        'ContainersReady',
        'PodScheduled',
      ].map(type => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-11-24T00:00:00Z',
      })),
      containerStatuses: ['web', 'log'].map(name => ({
        name,
        image: 'registry.example/app:1',
        imageID: `registry.example/app@sha256:${'0'.repeat(64)}`,
        containerID: `containerd://${'1'.repeat(64)}`,
        state: { running: { startedAt: '2026-11-24T00:00:00Z' } },
      })),
    },
  };
}

const history = (manager: string, fields: number) => ({
  manager,
  operation: 'Update',
  fieldsType: 'FieldsV1',
  fieldsV1: Object.fromEntries(
    Array.from({ length: fields }, (_, i) => [`k:{"name":"field-${i}"}`, { '.': {}, 'f:value': {} }]),
  ),
});

const TEMPLATES = Array.from({ length: KINDS }, (_, kind) => JSON.stringify(runningPod(kind)));

/**
 * A page of `GET /api/v1/pods` of a cluster with so many Pods, in namespaces `ns-0`, `ns-1`, …
 * @param perNamespace Pods in each
 */
export function podPage(query: URLSearchParams, pods: number, perNamespace: number): string {
  const from = Number(query.get('continue') ?? 0);
  const to = Math.min(pods, from + Number(query.get('limit') ?? pods));
  const items = Array.from({ length: to - from }, (_, i) => itemAt(from + i, perNamespace));
  const more = to < pods ? `,"continue":"${to}","remainingItemCount":${pods - to}` : '';
  return `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"${more}},"items":[${items.join(',')}]}`;
}

const itemAt = (i: number, perNamespace: number): string =>
  (TEMPLATES[i % KINDS] ?? '')
    .replace('"NAME"', `"web-${i}"`)
    .replace('"NAMESPACE"', `"ns-${Math.floor(i / perNamespace)}"`)
    .replace('"UID"', `"${i}"`);
