import type { Excerpt, Problem, SourceDocument } from './document.ts';
import { nearest } from './nearest.ts';
import { formatPath, type Keys } from './path.ts';

/** Something wrong in one document: where, what, and the way out. */
export interface Flaw {
  readonly path: Keys;
  readonly message: string;
  readonly fix: string;
  /** Default: error. */
  readonly severity?: 'warning';
  /** Set on what earlier versions took: a limit that was wider, or an expression that was not held against Kubernetes. */
  readonly tightened?: Tightened;
  /** The line and column of an expression. */
  readonly excerpt?: Excerpt;
}

export type Tightened = 'limit' | 'expression';

/** @param object `Kind/name`, where it is known */
export function toProblem(flaw: Flaw, document: SourceDocument, object?: string): Problem {
  return {
    severity: flaw.severity ?? 'error',
    position: document.positionOf(flaw.path),
    ...(object !== undefined && { object }),
    path: formatPath(flaw.path),
    message: flaw.message,
    fix: flaw.fix,
    ...(flaw.excerpt && { excerpt: flaw.excerpt }),
  };
}

/** `Did you mean x?`, else the choice or what is given for it. */
export function suggest(
  word: string,
  words: readonly string[],
  otherwise = `Use one of ${words.join(', ')}.`,
): string {
  const meant = nearest(word, words);
  return meant === undefined ? otherwise : `Did you mean ${meant}?`;
}
