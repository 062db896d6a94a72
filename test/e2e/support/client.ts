import { ApiException, CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { connectionOf } from '../../../src/kube/connect.ts';
import { KubeError } from '../../../src/kube/error.ts';
import { poll } from './poll.ts';

const config = new KubeConfig();
config.loadFromDefault();

export const core = config.makeApiClient(CoreV1Api);

/*
Without kubectl, which takes longer to start than these take to be answered: for what is asked hundreds of times.
*/

/** What the API server answers at a path, such as its metrics. */
export const rawText = (path: string): Promise<string> => connectionOf(config).text({ path });

/** Why it does not take an object, in its words; empty where it does. Nothing is stored. */
export async function refusalOf(path: string, object: object): Promise<string> {
  try {
    await connectionOf(config).api({ method: 'POST', path: `${path}?dryRun=All`, body: object });
    return '';
  } catch (error) {
    if (error instanceof KubeError) return error.message;
    throw error;
  }
}

/** The Pod as admission leaves it; nothing is stored. */
export const dryRun = (pod: V1Pod): Promise<V1Pod> =>
  core.createNamespacedPod({ ...namespaced(pod), body: pod, dryRun: 'All' });

export const create = (pod: V1Pod): Promise<V1Pod> =>
  core.createNamespacedPod({ ...namespaced(pod), body: pod });

export const read = (pod: V1Pod): Promise<V1Pod> =>
  core.readNamespacedPod({ ...namespaced(pod), name: nameOf(pod) });

/** The message with which the API server refuses a request. Fails where it does not refuse. */
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
