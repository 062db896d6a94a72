import { clientFor, type KubeClient } from './client.ts';
import { type ClusterAddress, loadConfig } from './config.ts';

/**
 * A client for the cluster that kubectl would talk to. Nothing is sent yet.
 * @throws KubeError when there is no kubeconfig, or it says nothing that can be used
 */
export async function connect(address: ClusterAddress): Promise<KubeClient> {
  const { config, context, server } = await loadConfig(address);
  return clientFor({ context, server, authorize: options => config.applyToHTTPSOptions(options) });
}
