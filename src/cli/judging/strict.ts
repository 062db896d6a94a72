import type { Ground } from '../../decision/ground.ts';
import { restsOnAssumed } from '../../input/assumed.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { Assumptions } from '../../report/result.ts';
import type { Subject } from '../../report/subject.ts';
import { decisiveSentence } from '../../report/words/assumed.ts';
import type { Problem } from '../../source/document.ts';
import { clean } from '../../source/text.ts';
import type { CliIo } from '../console/io.ts';
import type { ReviewedSubject } from './reviewed.ts';

export const STRICT =
  'give no answer (exit code 2) where an assumption, or input that was left out, could change it';

/**
 * Turns warnings about input that was left out into errors, for those who asked for certainty: it may hold something that would
 * be rejected.
 */
export const asStrict = (problems: readonly Problem[]): readonly Problem[] =>
  problems.map(problem => (problem.leftOut ? { ...problem, severity: 'error' } : problem));

/** The name in reports of a verdict. */
const nameOf = ({ kind, name }: Subject): string => `${kind}/${name || '(unnamed)'}`;

/** Its name, where the verdict rests on an assumption; what is out of scope does not affect the exit code. */
export const decisiveIn = (
  { result, judged }: ReviewedSubject,
  ground: Ground,
  now: number,
): readonly string[] => (!result.outOfScope && restsOnAssumed(judged, ground, now) ? [nameOf(result)] : []);

/**
 * Reports an object that may differ from what its author sees in it.
 * @returns whether it does
 */
export function tellRepeats({ document, ...subject }: PodSubject, io: CliIo): boolean {
  if (!document.repeats) return false;
  io.err(`error: --strict: ${clean(nameOf(subject))} stands in a document in which a key is set twice\n`);
  return true;
}

/**
 * Reports verdicts that rest on assumptions.
 * @returns whether there are any
 */
export function tellDecisive(assumed: Assumptions | undefined, io: CliIo): boolean {
  const told = decisiveSentence(assumed ?? {});
  if (told === '') return false;
  io.err(`error: --strict: ${told}\n`);
  io.err('Give RuntimeClasses, Nodes and Namespaces with --cluster FILE, or review with --from-cluster.\n');
  return true;
}
