import type { Review } from '../../report/result.ts';
import { asFailure } from '../cluster/connection.ts';
import { clusterGround, deciding, type PolicyOptions, requireNamespace } from '../cluster/ground.ts';
import { openSource, placeOf } from '../cluster/open.ts';
import { overheadsOf } from '../cluster/overheads.ts';
import { judgeRunning, readRunning } from '../cluster/running.ts';
import { scopeIn } from '../cluster/scope.ts';
import type { SourceOptions } from '../cluster/source.ts';
import { unseenByRules } from '../cluster/unseen.ts';
import type { CliIo } from '../console/io.ts';
import { version } from '../console/version.ts';
import type { ReviewMode } from '../judging/scope.ts';
import { asStrict } from '../judging/strict.ts';
import { tiersIn } from '../judging/tiers.ts';

export interface ClusterOptions extends SourceOptions, PolicyOptions {
  /** The only namespace whose Pods are reviewed. */
  readonly namespace?: string;
  readonly mode: ReviewMode;
  readonly excludeNamespace?: readonly string[];
  /** Whether there is no answer where something could not be read. */
  readonly strict?: boolean;
}

/**
 * Judges the Pods that a cluster runs, or ran when a snapshot was taken, as if they were created now, and workloads that have
 * none now. It only reads.
 * @throws Failure when the cluster cannot be read
 */
export async function reviewCluster(options: ClusterOptions, io: CliIo): Promise<Review> {
  const source = await openSource(options);
  const { namespace, mode, excludeNamespace, strict } = options;
  const running = await readRunning(source, io, namespace, strict).catch(error =>
    Promise.reject(asFailure(error, 'pods')),
  );
  // Namespaces are read after the Pods: one that is created in between is then known, and one that is deleted takes its Pods
  // with it.
  const objects = await deciding(source, io, strict);
  const ground = await clusterGround(objects, options, io);
  requireNamespace(namespace, ground.view, source);
  if (objects.runtimeClasses.length === 0) {
    io.err('warning: the cluster has no RuntimeClass, so what needs a sandbox would be rejected\n');
  }
  const scope = await scopeIn(source, excludeNamespace, io, strict);
  const all = [...running.pods, ...running.idle, ...running.next];
  const { judged, problems } = judgeRunning(all, ground, { mode, scope }, io);
  const told = [...running.problems, ...problems, ...unseenByRules(source, [ground.snapshot])];
  return {
    version: version(),
    results: judged.map(({ result }) => result),
    skipped: new Map(),
    problems: strict ? asStrict(told) : told,
    tiers: tiersIn(ground.snapshot),
    cluster: { ...placeOf(source), finished: running.finished, overheads: overheadsOf(ground.view) },
  };
}
