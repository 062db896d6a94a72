import { readCluster } from '../../src/cluster/static.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { documentOf } from './documents.ts';

export const runtimeClass = (name: string, handler: string, more: object = {}) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler,
  ...more,
});

/** A ready node that lists these handlers. */
export const node = (name: string, handlers: readonly string[], more: NodeMore = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: more.labels ?? {} },
  spec: { taints: more.taints ?? [], unschedulable: more.unschedulable ?? false },
  status: {
    conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }],
    runtimeHandlers: handlers.map(handler => ({ name: handler, features: more.features ?? {} })),
  },
});

interface NodeMore {
  readonly labels?: Record<string, string>;
  readonly taints?: readonly object[];
  readonly unschedulable?: boolean;
  readonly ready?: boolean;
  readonly features?: { userNamespaces?: boolean; recursiveReadOnlyMounts?: boolean };
}

/** A view of these objects. Throws on any problem: a fixture must be valid. */
export function viewOf(...objects: readonly unknown[]): ClusterView {
  const { view, problems } = readCluster(objects.map(object => documentOf(object, 'cluster.yaml')));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return view;
}
