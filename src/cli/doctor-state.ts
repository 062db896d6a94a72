import { type ClusterState, type Listed, type ListName, READERS, serverVersion } from '../doctor/state.ts';
import type { Workload } from '../doctor/workloads.ts';
import { readRunningPods } from '../input/cluster.ts';
import type { KubeClient, KubeObject } from '../kube/client.ts';
import { KubeError } from '../kube/error.ts';
import { OWN_RESOURCES, type ResourceName } from '../kube/resources.ts';
import { clusterGround, type PolicyOptions } from './cluster-ground.ts';
import { asFailure, fetchAll } from './connection.ts';
import type { CliIo } from './io.ts';
import type { Ground } from './judge.ts';
import { controllers, judgeRunning } from './review-cluster.ts';

export interface Examined {
  readonly state: ClusterState;
  readonly ground: Ground;
}

export interface ExamineOptions extends PolicyOptions {
  readonly preflight?: true;
}

/**
 * Reads all that checks look at, once. A list that cannot be read is noted, and the rest is still read.
 * @throws Failure when the API server cannot be reached at all
 */
export async function examine(client: KubeClient, options: ExamineOptions, io: CliIo): Promise<Examined> {
  const server = serverVersion(await client.get('/version').catch(error => Promise.reject(asFailure(error))));
  const raw = new Map<ResourceName, Listed<readonly KubeObject[]>>();
  for (const name of [...(Object.keys(READERS) as ListName[]), ...OWN_RESOURCES]) {
    if (!raw.has(name)) raw.set(name, await listed(client, name, io));
  }
  const itemsOf = (name: ResourceName): readonly KubeObject[] => {
    const list = raw.get(name);
    return list && 'items' in list ? list.items : [];
  };
  const ground = await clusterGround(
    {
      runtimeClasses: itemsOf('runtimeClasses'),
      nodes: itemsOf('nodes'),
      namespaces: itemsOf('namespaces'),
      own: OWN_RESOURCES.flatMap(itemsOf),
    },
    options,
    io,
  );
  const lists = Object.fromEntries(
    (Object.keys(READERS) as ListName[]).map(name => {
      const list = raw.get(name);
      return [name, list && 'items' in list ? { items: READERS[name](list.items) } : list];
    }),
  ) as ClusterState['lists'];
  if (!options.preflight) return { state: { server, lists }, ground };
  return { state: { server, lists: { ...lists, workloads: await workloads(client, ground, io) } }, ground };
}

/** A resource that the API server does not have holds nothing; whether it should be there is for a check to say. */
async function listed(
  client: KubeClient,
  name: ResourceName,
  io: CliIo,
): Promise<Listed<readonly KubeObject[]>> {
  try {
    return { items: await fetchAll(client, name, io) };
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === undefined || error.status === 401) {
      throw asFailure(error, name);
    }
    if (error.status === 404) return { items: [] };
    return { error: error.message, forbidden: error.status === 403 };
  }
}

/** The Pods that an enforced namespace would refuse or not, but for those that stay out of it. */
async function workloads(
  client: KubeClient,
  ground: Ground,
  io: CliIo,
): Promise<Listed<readonly Workload[]>> {
  const pods = await listed(client, 'pods', io);
  if ('error' in pods) return pods;
  const running = readRunningPods(pods.items, await controllers(client, io)).pods;
  const inScope = running.filter(({ namespace }) => {
    const mode = ground.view.namespace(namespace)?.labels['cofferdam.dev/mode'];
    return mode !== 'off';
  });
  return {
    items: judgeRunning(inScope, ground, 'enforce', io)
      .filter(({ result }) => result.mode !== 'off')
      .map(({ pod, result }) => ({ result, priorityClass: pod.pod.spec?.priorityClassName ?? '' })),
  };
}
