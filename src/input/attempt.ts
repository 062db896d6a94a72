import type { Position, Problem } from '../source/document.ts';
import { reasonOf } from '../source/reason.ts';

/**
 * The result for one object, or, where this program fails on it, a problem: the other objects keep their results, and nobody
 * takes the answer to be complete.
 */
export function attempt<T>(
  position: Position,
  work: () => T,
): { readonly done: T } | { readonly problem: Problem } {
  try {
    return { done: work() };
  } catch (error) {
    return {
      problem: {
        severity: 'error',
        position,
        path: '',
        message: `cofferdam failed on this object: ${reasonOf(error)}`,
        fix: 'It is a fault of cofferdam: report it, with the object.',
      },
    };
  }
}
