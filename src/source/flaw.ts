import type { Excerpt, Problem, SourceDocument } from './document.ts';
import { nearest } from './nearest.ts';
import { formatPath, type Keys } from './path.ts';

/** Something wrong in one document: where it is, what it is, and what to do. */
export interface Flaw {
  readonly path: Keys;
  readonly message: string;
  readonly fix: string;
  /** The default is an error. */
  readonly severity?: 'warning';
  /** Set on what earlier versions accepted: a higher limit, or an expression that was not checked against Kubernetes. */
  readonly tightened?: Tightened;
  /** The line and the column in an expression. */
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

/** `Did you mean x?`, or else the choices, or what was given instead. */
export function suggest(
  word: string,
  words: readonly string[],
  otherwise = `Use one of ${words.join(', ')}.`,
): string {
  const meant = nearest(word, words);
  return meant === undefined ? otherwise : `Did you mean ${meant}?`;
}
