import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface PodServer {
  readonly kubeconfig: string;
  stop(): Promise<unknown>;
}

/** Starts an API server with so many Pods, in a thread of its own. */
export async function startPodServer(pods: number, perNamespace: number): Promise<PodServer> {
  const worker = new Worker(new URL('./pod-server.ts', import.meta.url), {
    workerData: { pods, perNamespace },
  });
  const [kubeconfig] = (await once(worker, 'message')) as [string];
  return { kubeconfig, stop: () => worker.terminate() };
}
