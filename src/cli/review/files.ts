import type { Ground } from '../../decision/ground.ts';
import { ApiRights } from '../../input/api-rights.ts';
import { assumedIn, type Judged } from '../../input/assumed.ts';
import { attempt } from '../../input/attempt.ts';
import type { PodSubject, Subjects } from '../../input/subjects.ts';
import type { Review, Reviewed } from '../../report/result.ts';
import type { Problem } from '../../source/document.ts';
import { byPlace } from '../../source/place.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { version } from '../console/version.ts';
import { explainingWith } from '../judging/explaining.ts';
import { loadGround } from '../judging/ground.ts';
import { readInput } from '../judging/input.ts';
import { groundsFor, unknowns } from '../judging/manifest-ground.ts';
import { type InputOptions, inputPaths } from '../judging/options.ts';
import { reviewed } from '../judging/reviewed.ts';
import type { ReviewMode } from '../judging/scope.ts';
import { scopeWithout } from '../judging/scope.ts';
import { asStrict, decisiveIn } from '../judging/strict.ts';
import { tiersIn } from '../judging/tiers.ts';
import { settingNotes } from '../judging/unused.ts';

export interface FileOptions extends InputOptions {
  readonly mode: ReviewMode;
}

/**
 * Judges everything at some paths that makes Pods.
 * @throws Failure when there is no input, or nothing to judge it against
 */
export async function reviewFiles(
  files: readonly string[],
  options: FileOptions,
  io: CliIo,
): Promise<{ readonly review: Review; readonly files: readonly string[] }> {
  const paths = inputPaths(files, options, 'review');
  const ground = await loadGround(options, io);
  const input = await readInput(paths, options, io);
  const now = Date.now();
  const groundOf = groundsFor(ground, input.namespaces);
  const { results, problems: unjudged, assumed, judged } = judgeAll(input, groundOf, options, now, io);
  const bySettings = options.settings?.problems ?? [];
  const all = byPlace([...input.problems, ...unjudged, ...bySettings], input.files);
  const problems = options.strict ? asStrict(all) : all;
  const { skipped, unrelated, excluded, linked } = input;
  const notes = settingNotes(ground, input.lying, judged, groundOf, now);
  const explaining = explainingWith(options, results);
  const counts = { skipped, unrelated, excluded, linked };
  return {
    review: {
      version: version(),
      results,
      ...counts,
      problems,
      assumed,
      notes,
      explaining,
      tiers: tiersIn(ground.snapshot),
    },
    files: input.files,
  };
}

function judgeAll(
  { subjects, rbac }: Subjects,
  groundOf: (subject: PodSubject) => Ground,
  { mode, excludeNamespace, strict = false, settings }: FileOptions,
  now: number,
  io: CliIo,
): Required<Pick<Review, 'assumed' | 'problems' | 'results'>> & { readonly judged: readonly Judged[] } {
  const results: Reviewed[] = [];
  const judged: Judged[] = [];
  const decisive: string[] = [];
  const problems: Problem[] = [];
  const asked = { mode, scope: scopeWithout(excludeNamespace) };
  const rights = new ApiRights(rbac);
  const progress = progressOn(io, 'judged', subjects.length);
  subjects.forEach((subject, i) => {
    progress.tick(i);
    const attempted = attempt(subject.source, () => {
      const ground = groundOf(subject);
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
  const assumed = {
    ...assumedIn(judged, groundOf),
    ...(strict && { decisive }),
    ...(settings && { settings }),
  };
  return { results, judged, problems, assumed };
}
