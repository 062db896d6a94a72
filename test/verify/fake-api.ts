import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { VerifyApi } from '../../src/verify/api.ts';
import { textOf } from './support.ts';

export interface FakeApi extends VerifyApi {
  readonly namespaces: Map<string, V1Namespace>;
  /** The Pods by `namespace/name`. */
  readonly pods: Map<string, V1Pod>;
  /** The most Pods that were there at the same time. */
  most(): number;
  /** Names of all Pods that were ever made. */
  readonly made: string[];
}

/** An API server in memory, on which every Pod ends at once and prints what gVisor shows. */
export function fakeApi(more: Partial<VerifyApi> = {}): FakeApi {
  const namespaces = new Map<string, V1Namespace>();
  const pods = new Map<string, V1Pod>();
  const made: string[] = [];
  let most = 0;
  return {
    namespaces,
    pods,
    made,
    most: () => most,
    runtimeClasses: async () => [],
    nodes: async () => [],
    namespacesWith: async () => [...namespaces.values()],
    createNamespace: async namespace => void namespaces.set(namespace.metadata?.name ?? '', namespace),
    deleteNamespace: async name => void namespaces.delete(name),
    hasNamespace: async name => namespaces.has(name),
    podsWith: async () => [...pods.values()],
    createPod: async (namespace, pod) => {
      const name = pod.metadata?.name ?? '';
      made.push(name);
      pods.set(`${namespace}/${name}`, pod);
      most = Math.max(most, pods.size);
    },
    pod: async () => ({ status: { phase: 'Succeeded' } }),
    log: async () => textOf('gvisor'),
    events: async () => [],
    deletePod: async (namespace, name) => void pods.delete(`${namespace}/${name}`),
    ...more,
  };
}
