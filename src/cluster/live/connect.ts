import process from 'node:process';
import type { KubeConfig } from '@kubernetes/client-node';
import { type Api, apiOf } from './api.ts';

type Client = typeof import('@kubernetes/client-node');

/** A way to an API server. Nothing has been sent yet. */
export interface Connection {
  readonly api: Api;
  readonly config: KubeConfig;
  readonly client: Client;
  /** Of the current context, as kubectl takes it; in a Pod, the Pod's own. */
  readonly namespace: string;
}

/** A kubeconfig file (its current context), or the service account of the Pod that this process runs in. */
export type ClusterAddress = { readonly kubeconfig: string } | { readonly inCluster: true };

/**
 * Loads the client library, which takes some 80 MiB and half a second: only for who talks to a cluster.
 * @throws Error where there is no such file, or it names no cluster
 */
export async function connect(address: ClusterAddress): Promise<Connection> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  if ('kubeconfig' in address) config.loadFromFile(address.kubeconfig);
  else {
    // The library would go on with https://undefined:undefined.
    if (!process.env.KUBERNETES_SERVICE_HOST) throw new Error('this process does not run in a Pod');
    config.loadFromCluster();
  }
  return connectionOf(client, config);
}

/** @throws Error where the current context names no cluster */
export function connectionOf(client: Client, config: KubeConfig): Connection {
  if (!config.getCurrentCluster()) throw new Error('the kubeconfig has no current context with a cluster');
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default';
  return { client, config, api: apiOf(config), namespace };
}
