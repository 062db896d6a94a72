import { node, runtimeClass, servedNamespace } from './objects.ts';

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

/** The node also has what nothing here reads: a real one lists hundreds of images. */
const NODE = node('n1', ['', 'runc', 'runsc', 'kata-qemu'], { labels: { 'kubernetes.io/hostname': 'n1' } });
Object.assign(NODE.status, { images: [{ names: ['large'] }] });

/** A cluster with gVisor and Kata on one node. */
export const CLUSTER = {
  '/apis/node.k8s.io/v1/runtimeclasses': [
    runtimeClass('gvisor', 'runsc', { overhead: { podFixed: { cpu: '20m', memory: '32Mi' } } }),
    runtimeClass('kata-qemu', 'kata-qemu', { overhead: { podFixed: { cpu: '250m', memory: '320Mi' } } }),
  ],
  '/api/v1/nodes': [NODE],
  '/api/v1/namespaces': [servedNamespace('shop'), servedNamespace('kube-system')],
  '/apis/apps/v1/replicasets': [],
  '/apis/batch/v1/jobs': [],
} as const;
