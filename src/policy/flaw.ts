import type { Problem, SourceDocument } from '../source/document.ts';
import { nearest } from '../source/nearest.ts';
import { formatPath } from '../source/path.ts';

/** Something wrong in one document: where, what, and the way out. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
  /** Default: error. */
  readonly severity?: 'warning';
}

/** @param object `Kind/name`, where it is known */
export function toProblem(flaw: Flaw, document: SourceDocument, object?: string): Problem {
  return {
    severity: flaw.severity ?? 'error',
    position: document.positionOf(flaw.path),
    ...(object !== undefined && { object }),
    path: formatPath(flaw.path),
    message: flaw.message,
    fix: flaw.fix,
  };
}

/** `Did you mean x?`, else the choice. */
export function suggest(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return meant === undefined ? `Use one of ${words.join(', ')}.` : `Did you mean ${meant}?`;
}
