import type { KubeConfig } from '@kubernetes/client-node';
import { type Api, type ApiCall, apiOf, textOf } from './api.ts';
import { type ClientLibrary, type ClusterAddress, configOf, loadConfig } from './config.ts';

/** A way to an API server. Nothing has been sent yet. */
export interface Connection {
  readonly api: Api;
  /** As `api`, for what is no object, such as a log. */
  readonly text: (call: ApiCall) => Promise<string>;
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** Of the current context, as kubectl takes it; in a Pod, the Pod's own. */
  readonly namespace: string;
  /** For watches. */
  readonly config: KubeConfig;
  readonly library: ClientLibrary;
}

/**
 * A connection to the cluster that kubectl would talk to.
 * @throws KubeError where there is no kubeconfig, or it says nothing that can be used
 */
export async function connect(address: ClusterAddress): Promise<Connection> {
  const { client, config } = await loadConfig(address);
  return connectionOf(client, config);
}

/** @throws KubeError where the current context names no cluster */
export function connectionOf(library: ClientLibrary, config: KubeConfig): Connection {
  const { context, server } = configOf(library, config);
  const target = { server, authorize: config.applyToHTTPSOptions.bind(config) };
  const namespace = config.getContextObject(context)?.namespace?.trim() || 'default';
  return { api: apiOf(target), text: textOf(target), context, namespace, config, library };
}
