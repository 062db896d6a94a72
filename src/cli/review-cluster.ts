import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import type { ClusterView } from '../cluster/view.ts';
import { quantity } from '../decision/candidates.ts';
import { readRunningPods } from '../input/cluster.ts';
import { controllersOf } from '../input/owner.ts';
import type { KubeClient, KubeObject } from '../kube/client.ts';
import { KubeError } from '../kube/error.ts';
import { OWN_RESOURCES, type ResourceName } from '../kube/resources.ts';
import type { Overhead, Review } from '../report/result.ts';
import { clusterGround, type DecidingObjects, type PolicyOptions } from './cluster-ground.ts';
import { asFailure, type ConnectionOptions, connectTo, fetchAll } from './connection.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';
import { progressOn } from './progress.ts';
import { type ReviewMode, reviewed } from './reviewed.ts';
import { version } from './version.ts';

export interface ClusterOptions extends ConnectionOptions, PolicyOptions {
  /** Of these Pods alone. */
  readonly namespace?: string;
  readonly mode: ReviewMode;
}

/**
 * Judges the Pods that a cluster runs as if they were made anew. It reads and writes nothing.
 * @throws Failure when the cluster cannot be read
 */
export async function reviewCluster(options: ClusterOptions, io: CliIo): Promise<Review> {
  const client = await connectTo(options);
  const { namespace, mode } = options;
  const path =
    namespace === undefined ? undefined : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const running = await required(client, 'pods', io, path);
  const controllers = controllersOf({
    ReplicaSet: await optional(client, 'replicaSets', io),
    Job: await optional(client, 'jobs', io),
  });
  const read = readRunningPods(running, controllers);
  // After the Pods: a namespace that is made in between is there, one that is deleted takes its Pods along.
  const objects = await deciding(client, io);
  const ground = await clusterGround(objects, options, io);
  if (namespace !== undefined && !ground.view.namespace(namespace)) {
    throw new Failure(`there is no namespace ${JSON.stringify(namespace)} in context ${client.context}`);
  }
  if (objects.runtimeClasses.length === 0) {
    io.err('warning: the cluster has no RuntimeClass, so what needs a sandbox would be rejected\n');
  }
  const now = Date.now();
  const pods = read.pods.filter(pod => ground.view.namespace(pod.namespace));
  const progress = progressOn(io, 'judged', pods.length);
  const results = pods.map((pod, i) => {
    progress.tick(i);
    const scope = SYSTEM_NAMESPACES.includes(pod.namespace) ? 'off' : mode;
    const groups = pod.mirror ? ['system:nodes'] : [];
    return { ...reviewed(pod, ground, scope, now, groups), owner: pod.owner };
  });
  progress.end();
  const cluster = { context: client.context, finished: read.finished, overheads: overheadsOf(ground.view) };
  return { version: version(), results, skipped: 0, problems: read.problems, cluster };
}

export async function deciding(client: KubeClient, io: CliIo): Promise<DecidingObjects> {
  const own: KubeObject[] = [];
  for (const name of OWN_RESOURCES) own.push(...(await optional(client, name, io)));
  return {
    runtimeClasses: await required(client, 'runtimeClasses', io),
    nodes: await required(client, 'nodes', io),
    namespaces: await required(client, 'namespaces', io),
    own,
  };
}

async function required(
  client: KubeClient,
  name: ResourceName,
  io: CliIo,
  path?: string,
): Promise<readonly KubeObject[]> {
  try {
    return await fetchAll(client, name, io, path);
  } catch (error) {
    throw asFailure(error, name);
  }
}

/** Nothing where the API server does not have the resource. Where it may not be read, that is told: the answer is less exact. */
async function optional(client: KubeClient, name: ResourceName, io: CliIo): Promise<readonly KubeObject[]> {
  try {
    return await fetchAll(client, name, io);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === undefined) throw asFailure(error, name);
    if (error.status !== 404) io.err(`warning: left out: ${error.message}\n`);
    return [];
  }
}

function overheadsOf(view: ClusterView): ReadonlyMap<string, Overhead> {
  return new Map(
    view.runtimeClasses().flatMap(({ name, overhead }) => {
      if (!overhead) return [];
      return [[name, { cpu: quantity(overhead.cpu), memory: quantity(overhead.memory) }] as const];
    }),
  );
}
