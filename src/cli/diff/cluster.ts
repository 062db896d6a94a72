import type { Difference } from '../../report/diff/change.ts';
import { asFailure } from '../cluster/connection.ts';
import { clusterGround, deciding, policiesOf, requireNamespace } from '../cluster/ground.ts';
import { flagOf, openSource, placeOf } from '../cluster/open.ts';
import { overheadsOf } from '../cluster/overheads.ts';
import { readRunning } from '../cluster/running.ts';
import { scopeIn } from '../cluster/scope.ts';
import { unseenByRules } from '../cluster/unseen.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { version } from '../console/version.ts';
import { refuseFiles } from '../judging/options.ts';
import { asStrict } from '../judging/strict.ts';
import type { DiffOptions } from './options.ts';
import { inScopeOf, judgeTwice, policiesOn } from './pairs.ts';

/** @throws Failure when the cluster cannot be read, or there is nothing to compare */
export async function ofCluster(
  files: readonly string[],
  namespace: string | undefined,
  options: DiffOptions,
  io: CliIo,
): Promise<Difference> {
  const { policy = [], balanced, baseBalanced, excludeNamespace, strict } = options;
  const { base, basePolicy, baseCluster } = options;
  const flag = flagOf(options);
  refuseFiles(files, options, flag);
  if (base !== undefined || basePolicy || baseCluster !== undefined) {
    throw new Failure(
      `${flag} takes no --base, --base-policy and --base-cluster`,
      'What was is what is in force there.',
    );
  }
  if (policy.length === 0 && balanced === baseBalanced) {
    throw new Failure('there is nothing to compare', 'Name what will be with --policy.');
  }
  const source = await openSource(options);
  const running = await readRunning(source, io, namespace, strict).catch(error =>
    Promise.reject(asFailure(error, 'pods')),
  );
  const objects = await deciding(source, io, strict);
  const before = await clusterGround(objects, { balanced: baseBalanced }, io);
  const after = {
    snapshot: await policiesOf(objects.own, { policy, balanced, asIfApplied: true }, io),
    view: before.view,
  };
  requireNamespace(namespace, before.view, source);
  const scope = await scopeIn(source, excludeNamespace, io, strict);
  const all = [...running.pods, ...running.idle, ...running.next].filter(pod =>
    before.view.namespace(pod.namespace),
  );
  const judged = judgeTwice(all, { before, after }, { mode: 'enforce', scope }, io);
  const unseen = unseenByRules(source, [before.snapshot, after.snapshot]);
  const problems = [...running.problems, ...judged.problems, ...unseen];
  const overheads = overheadsOf(before.view);
  return {
    ...inScopeOf(judged.pairs),
    policies: policiesOn({ before, after }),
    version: version(),
    problems: strict ? asStrict(problems) : problems,
    cluster: placeOf(source),
    overheads: { before: overheads, after: overheads },
  };
}
