import { painter } from '../../report/layout/paint.ts';
import { problemLine } from '../../report/layout/problem.ts';
import type { ReviewNote } from '../../report/result.ts';
import { toldOnce } from '../../source/alike.ts';
import type { Problem } from '../../source/document.ts';
import type { CliIo } from './io.ts';

export const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Writes notes to where problems go. */
export function tellNotes(notes: readonly ReviewNote[], io: CliIo): void {
  const paint = painter(io.color && io.isTTY);
  for (const note of notes) io.err(`${problemLine({ ...note, severity: 'note', path: '' }, paint)}\n`);
}

/** Writes problems to standard error, so that results can be piped. */
export function tell(problems: readonly Problem[], io: CliIo): void {
  const paint = painter(io.color && io.isTTY);
  for (const problem of toldOnce(problems)) io.err(`${problemLine(problem, paint)}\n`);
}

/** The chunks of a stream, which Node's own types give as `any`. */
export const chunksOf = (stream: NodeJS.ReadableStream): AsyncIterable<string | Uint8Array> => stream;
