import { runtimeClass } from '../support/objects.ts';

/** A cluster with as many nodes as Kubernetes is built for, and with more namespaces. */
export const SIZE = { nodes: 5_000, namespaces: 10_000, pods: 50_000, policies: 200 } as const;

export interface Made {
  /** The path of the collection that it is created in. */
  readonly path: string;
  readonly object: object;
}

const SELECTED = {
  scheduling: { nodeSelector: { 'example.com/kata': 'true' } },
  overhead: { podFixed: { cpu: '250m', memory: '130Mi' } },
};
export const runtimeClasses = (): readonly Made[] =>
  [runtimeClass('gvisor', 'runsc'), runtimeClass('kata-qemu', 'kata-qemu', SELECTED)].map(object => ({
    path: '/apis/node.k8s.io/v1/runtimeclasses',
    object,
  }));

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Nodes with labels, images and conditions like those of a cloud's nodes, some 8 KiB each. */
export const nodes = (count: number): readonly Made[] =>
  times(count, i => ({
    path: '/api/v1/nodes',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: nodeName(i),
        labels: nodeLabels(i),
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: {
        podCIDR: '10.0.0.0/24',
        providerID: `example://${i}`,
        ...(i % 10 === 0 && {
          taints: [{ key: 'example.com/tenant', value: `t${i % 50}`, effect: 'NoSchedule' }],
        }),
      },
      status: {
        capacity: { cpu: '16', memory: '64Gi', pods: '110' },
        allocatable: { cpu: '15', memory: '60Gi', pods: '110' },
        conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map(type => ({
          type,
          status: type === 'Ready' ? 'True' : 'False',
          lastHeartbeatTime: '2026-11-24T00:00:00Z',
          lastTransitionTime: '2026-11-24T00:00:00Z',
          reason: 'KubeletHas',
          message: 'kubelet is posting its status',
        })),
        addresses: [{ type: 'InternalIP', address: `10.1.${i >> 8}.${i & 255}` }],
        images: times(30, j => ({
          names: [
            `registry.example.com/team-${j}/application@sha256:${'0123456789abcdef'.repeat(4)}`,
            `registry.example.com/team-${j}/application:v1.${j}`,
          ],
          sizeBytes: 100_000_000 + j,
        })),
        runtimeHandlers: ['', 'runc', 'runsc', ...(i % 3 === 0 ? ['kata-qemu'] : [])].map(name => ({
          name,
          features: { recursiveReadOnlyMounts: true, userNamespaces: i % 2 === 0 },
        })),
      },
    },
  }));

const nodeName = (i: number): string => `node-${i}.example.com`;

const nodeLabels = (i: number): Record<string, string> => ({
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/os': 'linux',
  'kubernetes.io/hostname': nodeName(i),
  'node.kubernetes.io/instance-type': `m${i % 7}`,
  'topology.kubernetes.io/region': 'r1',
  'topology.kubernetes.io/zone': `r1-${'abc'[i % 3]}`,
  'example.com/rack': `rack-${i % 200}`,
  'example.com/serial': `${100_000 + i}`,
  ...(i % 3 === 0 && { 'example.com/kata': 'true' }),
});

export const namespaceName = (i: number): string => `ns-${i}`;

export const namespaces = (count: number): readonly Made[] =>
  times(count, i => ({
    path: '/api/v1/namespaces',
    object: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespaceName(i),
        labels: {
          'cofferdam.dev/mode': 'enforce',
          'example.com/tenant': `t${i % 100}`,
          'example.com/team': `team-${i % 400}`,
        },
      },
    },
  }));

/** Pods that are bound to a node, as running ones are. Some ask for a sandbox; others need one and have none. */
export const pods = (count: number): readonly Made[] =>
  times(count, i => ({
    path: `/api/v1/namespaces/${namespaceName(i % SIZE.namespaces)}/pods`,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `pod-${i}`,
        labels: { app: `app-${i % 1000}`, ...(i % 20 === 0 && { 'cofferdam.dev/risk': 'high' }) },
      },
      spec: {
        nodeName: nodeName(i % SIZE.nodes),
        automountServiceAccountToken: false,
        containers: [container('main', i % 50 === 0), container('log', false)],
        ...(i % 100 === 7 && { hostNetwork: true }),
        ...(i % 40 === 0 && { runtimeClassName: 'gvisor' }),
      },
    },
  }));

const container = (name: string, exposed: boolean) => ({
  name,
  image: `registry.example.com/team/${name}:v1.2.3`,
  env: times(10, i => ({ name: `SETTING_${i}`, value: `value-${i}` })),
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '64Mi' } },
  securityContext: exposed
    ? { capabilities: { add: ['SYS_ADMIN'] } }
    : { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
});

/** Policies, half of them cluster policies for a tenant's namespaces, half of them in one namespace. */
export const policies = (count: number): readonly Made[] =>
  times(count, i => (i % 2 === 0 ? clusterPolicy(i / 2) : namespacedPolicy((i - 1) / 2)));

const GROUP = '/apis/cofferdam.dev/v1alpha1';
const API = { apiVersion: 'cofferdam.dev/v1alpha1' };
const scoring = {
  signals: { hostPort: 40 },
  rules: [{ name: 'many', expression: 'size(object.spec.containers) > 10', weight: 40 }],
};

const clusterPolicy = (i: number): Made => ({
  path: `${GROUP}/clustersandboxpolicies`,
  object: {
    ...API,
    kind: 'ClusterSandboxPolicy',
    metadata: { name: `tenant-${i}` },
    spec: { match: { namespaceSelector: { matchLabels: { 'example.com/tenant': `t${i}` } } }, scoring },
  },
});

const namespacedPolicy = (i: number): Made => ({
  path: `${GROUP}/namespaces/${namespaceName(i)}/sandboxpolicies`,
  object: {
    ...API,
    kind: 'SandboxPolicy',
    metadata: { name: 'own', namespace: namespaceName(i) },
    spec: { scoring },
  },
});
