/** Objects of a cluster as its API server gives them, cut to what matters. */

export const runtimeClass = (name: string, handler: string, more: object = {}) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler,
  ...more,
});

/**
 * A ready node.
 * @param handlers that the node reports, by name or as they stand in its status; undefined for a kubelet that reports none
 */
export const node = (name: string, handlers?: readonly (string | object)[], more: NodeMore = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: more.labels ?? {} },
  spec: { taints: more.taints ?? [], unschedulable: more.unschedulable ?? false },
  status: {
    conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }],
    ...(handlers && { runtimeHandlers: handlers.map(one => handlerOf(one, more)) }),
  },
});

interface NodeMore {
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
  readonly unschedulable?: boolean;
  readonly ready?: boolean;
  /** The features of handlers that are given by name. */
  readonly features?: { userNamespaces?: boolean; recursiveReadOnlyMounts?: boolean };
}

const handlerOf = (handler: string | object, { features = {} }: NodeMore): object =>
  typeof handler === 'string' ? { name: handler, features } : handler;

/** A namespace with only these labels, without the one that `servedNamespace` adds. */
export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** A namespace with the label that API servers add. */
export const servedNamespace: typeof namespace = (name, labels = {}) =>
  namespace(name, { 'kubernetes.io/metadata.name': name, ...labels });

/** @param metadata besides the name */
export const policy = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name, ...metadata },
  spec,
});
