import type { KubeConfig } from '@kubernetes/client-node';
import { clientFor, type KubeClient } from './client.ts';
import { KubeError } from './error.ts';

export interface Connection {
  /** Path of a kubeconfig; without it $KUBECONFIG, ~/.kube/config or the Pod's service account, in that order. */
  readonly kubeconfig?: string;
  /** A context of it; without one its current one. */
  readonly context?: string;
}

/**
 * A client for the cluster that kubectl would talk to. Nothing is sent yet.
 * @throws KubeError when there is no kubeconfig, or it says nothing that can be used
 */
export async function connect(connection: Connection): Promise<KubeClient> {
  const config = await configFrom(connection);
  const context = config.getCurrentContext();
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new KubeError(`context ${JSON.stringify(context)} names no cluster`);
  return clientFor({ context, server, authorize: options => config.applyToHTTPSOptions(options) });
}

async function configFrom({ kubeconfig, context }: Connection): Promise<KubeConfig> {
  // Loaded only here: it takes half a second, which commands that ask no cluster need not wait for.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KubeError(`cannot read the kubeconfig: ${why}`);
  }
  // What the library falls back to where it finds nothing.
  if (kubeconfig === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new KubeError('there is no kubeconfig');
  }
  if (context === undefined) return config;
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new KubeError(`no context ${JSON.stringify(context)}; there is ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
  return config;
}
