import process from 'node:process';
import type { KubeConfig } from '@kubernetes/client-node';
import { reasonOf } from '../source/reason.ts';
import { KubeError } from './error.ts';

export type ClientLibrary = typeof import('@kubernetes/client-node');

/** Where a command finds its cluster. */
export type ClusterAddress =
  | {
      /** Path of a kubeconfig; without it $KUBECONFIG, ~/.kube/config or the Pod's service account, in that order. */
      readonly kubeconfig?: string | undefined;
      /** A context of it; without one its current one. */
      readonly context?: string | undefined;
    }
  /** The service account of the Pod that this process runs in, and nothing else. */
  | { readonly inCluster: true };

export interface ClusterConfig {
  readonly library: ClientLibrary;
  readonly config: KubeConfig;
}

/**
 * The cluster that kubectl would talk to. Nothing is sent. It loads the client library, which takes some 80 MiB and half
 * a second: only for who talks to a cluster.
 * @throws KubeError when there is no kubeconfig, or it says nothing that can be used
 */
export async function loadConfig(address: ClusterAddress): Promise<ClusterConfig> {
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  if ('inCluster' in address) loadOfPod(config);
  else loadFiles(config, address.kubeconfig);
  if ('context' in address && address.context !== undefined) choose(config, address.context);
  return { library, config };
}

function loadOfPod(config: KubeConfig): void {
  // The library would go on with https://undefined:undefined.
  if (!process.env.KUBERNETES_SERVICE_HOST) throw new KubeError('this process does not run in a Pod');
  config.loadFromCluster();
}

function loadFiles(config: KubeConfig, kubeconfig: string | undefined): void {
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new KubeError(`cannot read the kubeconfig: ${reasonOf(error)}`);
  }
  // What the library falls back to where it finds nothing.
  if (kubeconfig === undefined && config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new KubeError('there is no kubeconfig');
  }
}

function choose(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw new KubeError(`no context ${JSON.stringify(context)}; there is ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
}
