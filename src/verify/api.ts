import type { CoreV1Event, V1Namespace, V1Pod } from '@kubernetes/client-node';
import type { NamedObject } from '../kube/object.ts';
import type { Loose, Pod, StringMap } from '../pod/kube.ts';

/** An object that this run or an earlier one made. */
export interface Made {
  readonly metadata?: { readonly name?: string; readonly annotations?: StringMap };
}

/** The calls of a run to the API server. Each throws the error of the server or the connection. */
export interface VerifyApi {
  runtimeClasses(): Promise<readonly NamedObject[]>;
  nodes(): Promise<readonly NamedObject[]>;
  /** The namespaces with the label, whatever its value. */
  namespacesWith(label: string): Promise<readonly Made[]>;
  createNamespace(namespace: V1Namespace): Promise<void>;
  /** Deletes a namespace; it is no error if there is none with that name. */
  deleteNamespace(name: string): Promise<void>;
  hasNamespace(name: string): Promise<boolean>;
  podsWith(namespace: string, label: string): Promise<readonly Made[]>;
  createPod(namespace: string, pod: V1Pod): Promise<void>;
  pod(namespace: string, name: string): Promise<Pod>;
  log(namespace: string, name: string): Promise<string>;
  events(namespace: string, pod: string): Promise<readonly Loose<CoreV1Event>[]>;
  /** Deletes a Pod; it is no error if there is none with that name. */
  deletePod(namespace: string, name: string): Promise<void>;
}
