import { ApiRights } from '../input/api-rights.ts';
import { assumedFor, type Judged } from '../input/assumed.ts';
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
import { type ReviewMode, reviewed } from './reviewed.ts';
import { scopeWithout } from './scope.ts';
import { asStrict, decisiveIn } from './strict.ts';
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
  const {
    results,
    problems: unjudged,
    assumed,
  } = judgeAll(input, groundFor(ground, input.namespaces), options, io);
  const all = byPlace([...input.problems, ...unjudged], input.files);
  const problems = options.strict ? asStrict(all) : all;
  const { skipped, unrelated, excluded } = input;
  return { version: version(), results, skipped, unrelated, excluded, problems, assumed };
}

function judgeAll(
  { subjects, rbac }: Subjects,
  ground: Ground,
  { mode, excludeNamespace, strict = false }: FileOptions,
  io: CliIo,
): Required<Pick<Review, 'assumed' | 'problems' | 'results'>> {
  const results: Reviewed[] = [];
  const judged: Judged[] = [];
  const decisive: string[] = [];
  const problems: Problem[] = [];
  const asked = { mode, scope: scopeWithout(excludeNamespace) };
  const now = Date.now();
  const rights = new ApiRights(rbac);
  const progress = progressOn(io, 'judged', subjects.length);
  subjects.forEach((subject, i) => {
    progress.tick(i);
    const attempted = attempt(subject.source, () => {
      const unknown = unknowns(subject, ground);
      problems.push(...unknown);
      if (unknown.length > 0) return;
      const one = reviewed(subject, ground, asked, now, { rights });
      if (strict) decisive.push(...decisiveIn(one, ground, now));
      results.push(one.result);
      judged.push(one.judged);
    });
    if ('problem' in attempted) problems.push(attempted.problem);
  });
  progress.end();
  return { results, problems, assumed: { ...assumedFor(judged, ground), ...(strict && { decisive }) } };
}
