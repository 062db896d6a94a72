import { get, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { ApiException, CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { poll } from './poll.ts';

const config = new KubeConfig();
config.loadFromDefault();

export const core = config.makeApiClient(CoreV1Api);

/** What the API server has at a path, as `kubectl get --raw` prints it, without a process for each. */
export async function rawText(path: string): Promise<string> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const url = `${config.getCurrentCluster()?.server}${path}`;
  return new Promise((resolve, reject) => {
    get(url, options, response => {
      const body = text(response);
      if (response.statusCode === 200) resolve(body);
      else body.then(answer => reject(new Error(`${path}: ${response.statusCode}: ${answer}`)), reject);
    }).on('error', reject);
  });
}

/** The Pod as admission leaves it; nothing is stored. */
export const dryRun = (pod: V1Pod): Promise<V1Pod> =>
  core.createNamespacedPod({ ...namespaced(pod), body: pod, dryRun: 'All' });

export const create = (pod: V1Pod): Promise<V1Pod> =>
  core.createNamespacedPod({ ...namespaced(pod), body: pod });

export const read = (pod: V1Pod): Promise<V1Pod> =>
  core.readNamespacedPod({ ...namespaced(pod), name: nameOf(pod) });

/** The message with which the API server turns a request away. Fails where it does not. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const body: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    return (body as { message: string }).message;
  }
  throw new Error('the request was admitted');
}

/** Creates the Pod and waits until its containers run. */
export async function running(pod: V1Pod): Promise<V1Pod> {
  await create(pod);
  return poll(`Pod ${nameOf(pod)} runs`, async () => {
    const now = await read(pod);
    return now.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ? now : undefined;
  });
}

export const nameOf = (pod: V1Pod): string => pod.metadata?.name ?? '';

const namespaced = (pod: V1Pod) => ({ namespace: pod.metadata?.namespace ?? '' });
