import type { ClusterView } from '../cluster/view.ts';
import { quantity } from '../decision/candidates.ts';
import type { Overhead, Review } from '../report/result.ts';
import { clusterGround, deciding, type PolicyOptions } from './cluster-ground.ts';
import { asFailure, type ConnectionOptions, connectTo } from './connection.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';
import type { ReviewMode } from './reviewed.ts';
import { judgeRunning, readRunning } from './running.ts';
import { scopeIn } from './scope.ts';
import { version } from './version.ts';

export interface ClusterOptions extends ConnectionOptions, PolicyOptions {
  /** Of these Pods alone. */
  readonly namespace?: string;
  readonly mode: ReviewMode;
  readonly excludeNamespace?: readonly string[];
  /** Whether there is no answer where not all could be read. */
  readonly strict?: boolean;
}

/**
 * Judges the Pods that a cluster runs as if they were made anew, and workloads that have none now. It reads, and writes
 * nothing.
 * @throws Failure when the cluster cannot be read
 */
export async function reviewCluster(options: ClusterOptions, io: CliIo): Promise<Review> {
  const client = await connectTo(options);
  const { namespace, mode, excludeNamespace, strict } = options;
  const running = await readRunning(client, io, namespace, strict).catch(error =>
    Promise.reject(asFailure(error, 'pods')),
  );
  // After the Pods: a namespace that is made in between is there, one that is deleted takes its Pods along.
  const objects = await deciding(client, io, strict);
  const ground = await clusterGround(objects, options, io);
  if (namespace !== undefined && !ground.view.namespace(namespace)) {
    throw new Failure(`there is no namespace ${JSON.stringify(namespace)} in context ${client.context}`);
  }
  if (objects.runtimeClasses.length === 0) {
    io.err('warning: the cluster has no RuntimeClass, so what needs a sandbox would be rejected\n');
  }
  const scope = await scopeIn(client, excludeNamespace, io, strict);
  const all = [...running.pods, ...running.idle];
  const { judged, problems } = judgeRunning(all, ground, { mode, scope }, io);
  return {
    version: version(),
    results: judged.map(({ result }) => result),
    skipped: new Map(),
    problems: [...running.problems, ...problems],
    cluster: { context: client.context, finished: running.finished, overheads: overheadsOf(ground.view) },
  };
}

function overheadsOf(view: ClusterView): ReadonlyMap<string, Overhead> {
  return new Map(
    view.runtimeClasses().flatMap(({ name, overhead }) => {
      if (!overhead) return [];
      return [[name, { cpu: quantity(overhead.cpu), memory: quantity(overhead.memory) }] as const];
    }),
  );
}
