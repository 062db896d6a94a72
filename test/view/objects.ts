/** Objects as the API server gives them, cut to what matters. */

export const runtimeClass = (name: string, handler: string, rest: object = {}) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler,
  ...rest,
});

/** @param runtimeHandlers of its status; undefined for a kubelet that reports none */
export const node = (name: string, runtimeHandlers?: readonly object[], labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: 'True' }], ...(runtimeHandlers && { runtimeHandlers }) },
});

export const namespace = (name: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
