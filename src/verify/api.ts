import type { CoreV1Event, V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { NamedObject } from '../kube/object.ts';
import type { Loose, Pod, StringMap } from '../pod/kube.ts';

/** What a run made, or an earlier one. */
export interface Made {
  readonly metadata?: { readonly name?: string; readonly annotations?: StringMap };
}

/** What a run asks of the API server. Each call throws what the server or the connection says. */
export interface VerifyApi {
  runtimeClasses(): Promise<readonly NamedObject[]>;
  nodes(): Promise<readonly NamedObject[]>;
  /** Namespaces that carry the label, whatever its value. */
  namespacesWith(label: string): Promise<readonly Made[]>;
  createNamespace(namespace: V1Namespace): Promise<void>;
  /** Deletes it; it is no error where there is none of that name. */
  deleteNamespace(name: string): Promise<void>;
  hasNamespace(name: string): Promise<boolean>;
  podsWith(namespace: string, label: string): Promise<readonly Made[]>;
  createPod(namespace: string, pod: V1Pod): Promise<void>;
  pod(namespace: string, name: string): Promise<Pod>;
  log(namespace: string, name: string): Promise<string>;
  events(namespace: string, pod: string): Promise<readonly Loose<CoreV1Event>[]>;
  /** Deletes it; it is no error where there is none of that name. */
  deletePod(namespace: string, name: string): Promise<void>;
}
