import type { KubeConfig } from '@kubernetes/client-node';
import { type Api, type ApiCall, apiOf, type Target } from './api.ts';
import { type KubeconfigAddress, loadConfig } from './config.ts';
import { KubeError } from './error.ts';
import { podAccount } from './pod-account.ts';

/** A connection to an API server. Nothing has been sent yet. */
export interface Connection {
  readonly api: Api;
  /** Does what `api` does for an answer that is no object, such as a log. */
  readonly text: (call: ApiCall) => Promise<string>;
  /** The name of the kubeconfig's context. */
  readonly context: string;
  /** The namespace of the current context, as kubectl takes it; in a Pod, the Pod's own. */
  readonly namespace: string;
}

/** Where a command finds its cluster: by a kubeconfig, or the service account of the Pod that this process runs in. */
export type ClusterAddress = KubeconfigAddress | { readonly inCluster: true };

/**
 * A connection to the cluster that kubectl would talk to.
 * @throws KubeError where there is no kubeconfig or service account, or nothing in it can be used
 */
export async function connect(address: ClusterAddress): Promise<Connection> {
  if (!('inCluster' in address)) return connectionOf(await loadConfig(address));
  const { target, namespace } = podAccount();
  return connectionTo(target, 'inClusterContext', namespace);
}

/** @throws KubeError where the current context names no cluster */
export function connectionOf(config: KubeConfig): Connection {
  const context = config.getCurrentContext();
  if (!context) throw new KubeError('the kubeconfig has no current context');
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new KubeError(`context ${JSON.stringify(context)} of the kubeconfig names no cluster`);
  const target = { server, authorize: config.applyToHTTPSOptions.bind(config) };
  const namespace = config.getContextObject(context)?.namespace?.trim() || 'default';
  return connectionTo(target, context, namespace);
}

function connectionTo(target: Target, context: string, namespace: string): Connection {
  const api = apiOf(target);
  const text = async (call: ApiCall): Promise<string> => (await api.bytes(call)).toString('utf8');
  return { api, text, context, namespace };
}
