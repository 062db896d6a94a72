import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import type { ClusterView } from '../cluster/view.ts';
import { quantity } from '../decision/candidates.ts';
import { type RunningPod, readRunningPods } from '../input/cluster.ts';
import { type Controllers, controllersOf } from '../input/owner.ts';
import type { KubeClient, KubeObject } from '../kube/client.ts';
import { KubeError } from '../kube/error.ts';
import { OWN_RESOURCES, type ResourceName } from '../kube/resources.ts';
import type { Overhead, Review, Reviewed } from '../report/result.ts';
import { clusterGround, type DecidingObjects, type PolicyOptions } from './cluster-ground.ts';
import { asFailure, type ConnectionOptions, connectTo, fetchAll } from './connection.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';
import type { Ground } from './judge.ts';
import { progressOn } from './progress.ts';
import { type ReviewMode, reviewed } from './reviewed.ts';
import { version } from './version.ts';

export interface ClusterOptions extends ConnectionOptions, PolicyOptions {
  /** Of these Pods alone. */
  readonly namespace?: string;
  readonly mode: ReviewMode;
}

/**
 * Judges the Pods that a cluster runs as if they were made anew. It reads, and writes nothing.
 * @throws Failure when the cluster cannot be read
 */
export async function reviewCluster(options: ClusterOptions, io: CliIo): Promise<Review> {
  const client = await connectTo(options);
  const { namespace, mode } = options;
  const path =
    namespace === undefined ? undefined : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const running = readRunningPods(await required(client, 'pods', io, path), await controllers(client, io));
  // After the Pods: a namespace that is made in between is there, one that is deleted takes its Pods along.
  const objects = await deciding(client, io);
  const ground = await clusterGround(objects, options, io);
  if (namespace !== undefined && !ground.view.namespace(namespace)) {
    throw new Failure(`there is no namespace ${JSON.stringify(namespace)} in context ${client.context}`);
  }
  if (objects.runtimeClasses.length === 0) {
    io.err('warning: the cluster has no RuntimeClass, so what needs a sandbox would be rejected\n');
  }
  const results = judgeRunning(running.pods, ground, mode, io).map(({ result }) => result);
  const cluster = {
    context: client.context,
    finished: running.finished,
    overheads: overheadsOf(ground.view),
  };
  return { version: version(), results, skipped: 0, problems: running.problems, cluster };
}

/** ReplicaSets and Jobs, for the Deployments and CronJobs above them. */
export const controllers = async (client: KubeClient, io: CliIo): Promise<Controllers> =>
  controllersOf({
    ReplicaSet: await optional(client, 'replicaSets', io),
    Job: await optional(client, 'jobs', io),
  });

/** Pods of namespaces that are there, each with what was decided. */
export function judgeRunning(
  pods: readonly RunningPod[],
  ground: Ground,
  mode: ReviewMode,
  io: CliIo,
): readonly { readonly pod: RunningPod; readonly result: Reviewed }[] {
  const now = Date.now();
  const there = pods.filter(pod => ground.view.namespace(pod.namespace));
  const progress = progressOn(io, 'judged', there.length);
  const judged = there.map((pod, i) => {
    progress.tick(i);
    const scope = SYSTEM_NAMESPACES.includes(pod.namespace) ? 'off' : mode;
    const groups = pod.mirror ? ['system:nodes'] : [];
    return { pod, result: { ...reviewed(pod, ground, scope, now, groups), owner: pod.owner } };
  });
  progress.end();
  return judged;
}

async function deciding(client: KubeClient, io: CliIo): Promise<DecidingObjects> {
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
