import type { KubeConfig } from '@kubernetes/client-node';
import { type Api, type ApiCall, apiOf, textOf } from './api.ts';
import { type ClientLibrary, type ClusterAddress, loadConfig } from './config.ts';
import { KubeError } from './error.ts';

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
  const { library, config } = await loadConfig(address);
  return connectionOf(library, config);
}

/** @throws KubeError where the current context names no cluster */
export function connectionOf(library: ClientLibrary, config: KubeConfig): Connection {
  const context = config.getCurrentContext();
  if (!context) throw new KubeError('the kubeconfig has no current context');
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new KubeError(`context ${JSON.stringify(context)} of the kubeconfig names no cluster`);
  const target = { server, authorize: config.applyToHTTPSOptions.bind(config) };
  const namespace = config.getContextObject(context)?.namespace?.trim() || 'default';
  return { api: apiOf(target), text: textOf(target), context, namespace, config, library };
}
