import { attempt } from '../input/attempt.ts';
import type { Ground } from '../input/judge.ts';
import type { Subjects } from '../input/subjects.ts';
import type { Review, Reviewed } from '../report/result.ts';
import type { Problem } from '../source/document.ts';
import { byPlace } from '../source/place.ts';
import { loadGround } from './ground.ts';
import { readInput } from './input.ts';
import type { CliIo } from './io.ts';
import { groundFor, unknowns } from './judge.ts';
import { type InputOptions, inputPaths } from './options.ts';
import { progressOn } from './progress.ts';
import { type Asked, type ReviewMode, reviewed } from './reviewed.ts';
import { scopeWithout } from './scope.ts';
import { version } from './version.ts';

export interface FileOptions extends InputOptions {
  readonly mode: ReviewMode;
}

/**
 * Judges what makes Pods at some paths.
 * @throws Failure when there is no input, or nothing to judge it against
 */
export async function reviewFiles(
  files: readonly string[],
  options: FileOptions,
  io: CliIo,
): Promise<Review> {
  const paths = inputPaths(files, options, 'review');
  const ground = await loadGround(options, io);
  const input = await readInput(paths, options, io);
  const asked = { mode: options.mode, scope: scopeWithout(options.excludeNamespace) };
  const judged = judgeAll(input, groundFor(ground, input.namespaces), asked, io);
  const problems = byPlace([...input.problems, ...judged.problems], input.files);
  const { skipped, unrelated, excluded } = input;
  return { version: version(), results: judged.results, skipped, unrelated, excluded, problems };
}

function judgeAll(
  { subjects }: Subjects,
  ground: Ground,
  asked: Asked,
  io: CliIo,
): { readonly results: readonly Reviewed[]; readonly problems: readonly Problem[] } {
  const results: Reviewed[] = [];
  const problems: Problem[] = [];
  const now = Date.now();
  const progress = progressOn(io, 'judged', subjects.length);
  subjects.forEach((subject, i) => {
    progress.tick(i);
    const attempted = attempt(subject.source, () => {
      const unknown = unknowns(subject, ground);
      problems.push(...unknown);
      if (unknown.length === 0) results.push(reviewed(subject, ground, asked, now));
    });
    if ('problem' in attempted) problems.push(attempted.problem);
  });
  progress.end();
  return { results, problems };
}
