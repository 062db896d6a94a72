import { builtinView } from '../cluster/builtin.ts';
import { readCluster } from '../cluster/static.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Ground } from '../input/judge.ts';
import { loadPolicies } from '../policy/load.ts';
import { painter } from '../report/paint.ts';
import { problemLine } from '../report/problem.ts';
import type { Problem } from '../source/document.ts';
import { readSources } from '../source/files.ts';
import { byPlace } from '../source/place.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';
import type { InputOptions } from './options.ts';

/**
 * Loads what manifests are judged against. What is wrong with it is told on standard error.
 * @throws Failure when an answer could not be relied on
 */
export async function loadGround(options: InputOptions, io: CliIo): Promise<Ground> {
  const { snapshot, problems } = await loadPolicies(options.policy ?? [], {
    balanced: options.balanced,
    stdin: chunksOf(io.stdin),
  });
  tell(problems, io);
  const { cluster } = options;
  // Before giving up over the policies: what is wrong with either is told in one round.
  const view = cluster === undefined ? builtinView() : await loadCluster(cluster, io);
  if (problems.some(isError)) throw new Failure('the policies have problems, so nothing was judged');
  return { snapshot, view };
}

async function loadCluster(path: string, io: CliIo): Promise<ClusterView> {
  const read = await readSources([path], chunksOf(io.stdin));
  const cluster = readCluster(read.documents);
  const problems = byPlace([...read.problems, ...cluster.problems], read.files);
  tell(problems, io);
  if (problems.some(isError)) throw new Failure('the --cluster file has problems, so nothing was judged');
  if (cluster.view.runtimeClasses().length === 0) {
    throw new Failure(
      `${path} holds no RuntimeClass, so nothing can be sandboxed`,
      'Write it with: kubectl get runtimeclasses,nodes,namespaces -o yaml > cluster.yaml',
    );
  }
  return cluster.view;
}

export const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Problems go to standard error, so that results can be piped. */
export function tell(problems: readonly Problem[], io: CliIo): void {
  const paint = painter(io.color && io.isTTY);
  for (const problem of problems) io.err(`${problemLine(problem, paint)}\n`);
}

/** A stream's chunks; Node's own streams type them as `any`. */
export const chunksOf = (stream: NodeJS.ReadableStream): AsyncIterable<string | Uint8Array> => stream;
