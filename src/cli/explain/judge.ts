import type { PodSubject } from '../../input/subjects.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { isError } from '../console/tell.ts';
import { type ReviewedSubject, reviewed } from '../judging/reviewed.ts';
import { scopeWithout } from '../judging/scope.ts';
import { tellRepeats } from '../judging/strict.ts';
import { type Asked, type ExplainOptions, tellUnknowns } from './asked.ts';
import { pickAll } from './pick.ts';

export interface Candidate {
  readonly subject: PodSubject;
  readonly review: ReviewedSubject;
}

/** The objects that were asked for, with the decision on each. */
export interface Candidates {
  readonly all: readonly Candidate[];
  /** Whether something was not judged, or not with certainty. */
  readonly isPart: boolean;
}

/** Judges one object like all others here. */
export const judging =
  (groundOf: Asked['groundOf'], { excludeNamespace }: ExplainOptions, now: number) =>
  (subject: PodSubject): ReviewedSubject =>
    reviewed(subject, groundOf(subject), { mode: 'enforce', scope: scopeWithout(excludeNamespace) }, now);

/** The objects that were asked for; all of them, without a name. */
export function candidatesOf(
  { input, groundOf, isWeakened }: Asked,
  options: ExplainOptions,
  now: number,
  io: CliIo,
): Candidates {
  const picked = pickAll(input, options.name);
  let isPart = isWeakened || (options.name === undefined && input.problems.some(isError));
  const judge = judging(groundOf, options, now);
  const progress = progressOn(io, 'judge:', picked.length);
  const all: Candidate[] = [];
  for (const [i, subject] of picked.entries()) {
    progress.tick(i);
    const isUnsure = options.strict === true && tellRepeats(subject, io);
    const isUnknown = tellUnknowns(subject, groundOf(subject), io);
    isPart ||= isUnsure || isUnknown;
    if (!isUnknown) all.push({ subject, review: judge(subject) });
  }
  progress.end();
  return { all, isPart };
}
