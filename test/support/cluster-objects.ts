/** Objects as the API server lists them, for `startApiServer`. */
export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

export const runtimeClass = (name: string, handler: string, more: object = {}) => ({
  metadata: { name },
  handler,
  ...more,
});

export const node = (name: string, handlers: readonly string[], more: object = {}) => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    runtimeHandlers: handlers.map(handler => ({ name: handler })),
    images: [{ names: ['large'] }],
  },
  ...more,
});

export const ownedBy = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, controller: true }],
});

export const pod = (namespaceName: string, name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, namespace: namespaceName, ...metadata },
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'main', image: 'example.com/main:1', resources: LIMITS }],
    automountServiceAccountToken: false,
    ...spec,
  },
  status: { phase: 'Running' },
});

const LIMITS = { limits: { cpu: '1', memory: '1Gi' } };

export const UNCONFINED = { securityContext: { seccompProfile: { type: 'Unconfined' } } };

/** A cluster with gVisor and Kata on one node. */
export const CLUSTER = {
  '/apis/node.k8s.io/v1/runtimeclasses': [
    runtimeClass('gvisor', 'runsc', { overhead: { podFixed: { cpu: '20m', memory: '32Mi' } } }),
    runtimeClass('kata-qemu', 'kata-qemu', { overhead: { podFixed: { cpu: '250m', memory: '320Mi' } } }),
  ],
  '/api/v1/nodes': [node('n1', ['', 'runc', 'runsc', 'kata-qemu'])],
  '/api/v1/namespaces': [namespace('shop'), namespace('kube-system')],
  '/apis/apps/v1/replicasets': [],
  '/apis/batch/v1/jobs': [],
} as const;
