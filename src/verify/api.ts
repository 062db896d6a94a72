import type { CoreV1Event, V1Namespace, V1Node, V1Pod, V1RuntimeClass } from '@kubernetes/client-node';

/** What a run asks of the API server. Each call throws what the server or the connection says. */
export interface VerifyApi {
  runtimeClasses(): Promise<readonly V1RuntimeClass[]>;
  nodes(): Promise<readonly V1Node[]>;
  /** Namespaces that carry the label, whatever its value. */
  namespacesWith(label: string): Promise<readonly V1Namespace[]>;
  createNamespace(namespace: V1Namespace): Promise<void>;
  /** Also where there is none of that name. */
  deleteNamespace(name: string): Promise<void>;
  hasNamespace(name: string): Promise<boolean>;
  podsWith(namespace: string, label: string): Promise<readonly V1Pod[]>;
  createPod(namespace: string, pod: V1Pod): Promise<void>;
  pod(namespace: string, name: string): Promise<V1Pod>;
  log(namespace: string, name: string): Promise<string>;
  events(namespace: string, pod: string): Promise<readonly CoreV1Event[]>;
  /** Also where there is none of that name. */
  deletePod(namespace: string, name: string): Promise<void>;
}
