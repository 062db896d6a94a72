import type { KubeConfig } from '@kubernetes/client-node';
import { type ClientLibrary, type ClusterAddress, configOf, loadConfig } from '../../kube/config.ts';
import { type Api, apiOf } from './api.ts';

/** A way to an API server. Nothing has been sent yet. */
export interface Connection {
  readonly api: Api;
  readonly config: KubeConfig;
  readonly client: ClientLibrary;
  /** Of the current context, as kubectl takes it; in a Pod, the Pod's own. */
  readonly namespace: string;
}

/** @throws KubeError where there is no such file, or it names no cluster */
export async function connect(address: ClusterAddress): Promise<Connection> {
  const { client, config } = await loadConfig(address);
  return connectionOf(client, config);
}

/** @throws KubeError where the current context names no cluster */
export function connectionOf(client: ClientLibrary, config: KubeConfig): Connection {
  const { context } = configOf(client, config);
  const namespace = config.getContextObject(context)?.namespace?.trim() || 'default';
  return { client, config, api: apiOf(config), namespace };
}
