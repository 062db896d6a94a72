import { type Assumed, assumedFor } from '../../input/assumed.ts';
import { isBuiltinPolicy } from '../../policy/builtin.ts';
import type { Difference, Pair } from '../../report/diff/change.ts';
import { byPlace } from '../../source/place.ts';
import { overheadsOf } from '../cluster/overheads.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { version } from '../console/version.ts';
import { loadInForce, loadView, soundOf } from '../judging/ground.ts';
import { readInput } from '../judging/input.ts';
import { groundFor } from '../judging/manifest-ground.ts';
import { inputPaths } from '../judging/options.ts';
import { scopeWithout } from '../judging/scope.ts';
import type { DiffOptions } from './options.ts';
import { inScopeOf, judgeTwice, policiesOn, type Sides } from './pairs.ts';
import { atRevision } from './revision.ts';

/** @throws Failure when there is no input, nothing to compare, or nothing to judge it by */
export async function ofFiles(
  files: readonly string[],
  options: DiffOptions,
  io: CliIo,
): Promise<Difference> {
  const paths = inputPaths(files, options, 'diff');
  const sides = await loadSides(options, io);
  const input = await readInput(paths, options, io);
  const service = input.subjects.find(({ isService }) => isService);
  if (service) {
    const { file } = service.source;
    throw new Failure(
      `${file} is a Compose file, which diff does not take`,
      'Review it with the policies before and after.',
    );
  }
  const grounds = {
    before: groundFor(sides.before, input.namespaces),
    after: groundFor(sides.after, input.namespaces),
  };
  const asked = { mode: 'enforce', scope: scopeWithout(options.excludeNamespace) } as const;
  const judged = judgeTwice(input.subjects, grounds, asked, io);
  const problems = byPlace([...input.problems, ...judged.problems], input.files);
  const compared = inScopeOf(judged.pairs);
  return {
    ...compared,
    version: version(),
    problems,
    policies: policiesOn(grounds),
    assumed: assumedOn(compared.pairs, grounds),
    overheads: { before: overheadsOf(grounds.before.view), after: overheadsOf(grounds.after.view) },
  };
}

/** What either side assumed. */
function assumedOn(pairs: readonly Pair[], grounds: Sides): Assumed {
  const on = (side: keyof Sides): Assumed =>
    assumedFor(
      pairs.map(pair => ({ subject: pair[side], decision: pair[side].decision })),
      grounds[side],
    );
  const [was, is] = [on('before'), on('after')];
  return {
    classes: [...new Set([...was.classes, ...is.classes])],
    nodes: was.nodes || is.nodes,
    namespaces: [...new Set([...was.namespaces, ...is.namespaces])],
  };
}

async function loadSides(options: DiffOptions, io: CliIo): Promise<Sides> {
  const { base, policy = [], basePolicy, balanced, baseBalanced, cluster, baseCluster = cluster } = options;
  if (base !== undefined && basePolicy) {
    throw new Failure('--base and --base-policy both say what the policies were', 'Leave one of them out.');
  }
  const sameGround = baseCluster === cluster && balanced === baseBalanced;
  if (base !== undefined && sameGround && policy.every(isBuiltinPolicy)) {
    throw new Failure(
      '--base is about files of policies, and --policy names none',
      'Name them with --policy; manifests are not compared, but judged as they are.',
    );
  }
  const same = base === undefined && !basePolicy && sameGround;
  // Compared with nothing, the effect of named policies is a difference, too.
  if (same && policy.length === 0) {
    throw new Failure(
      'there is nothing to compare',
      'Name what will be with --policy or --cluster, and what was with --base, --base-policy or --base-cluster.',
    );
  }
  const after = await loadInForce({ policy, balanced }, io);
  const revision = base === undefined ? undefined : await atRevision(base, policy, io);
  try {
    const was = revision?.paths ?? basePolicy ?? (same ? [] : policy);
    const before = await loadInForce({ policy: was, balanced: baseBalanced }, revision?.io ?? io);
    const view = await loadView(cluster, io);
    return {
      before: { ...soundOf(before), view: baseCluster === cluster ? view : await loadView(baseCluster, io) },
      after: { ...soundOf(after), view },
    };
  } finally {
    await revision?.remove();
  }
}
