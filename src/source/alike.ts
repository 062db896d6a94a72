import type { Problem } from './document.ts';

/** How many similar problems are reported one by one. */
const MOST = 3;

/**
 * Problems that say the same about different places, reported once: the first of them, with the places of the others. In a
 * repository, a mistake is often made in every file.
 */
export function toldOnce(problems: readonly Problem[]): readonly Problem[] {
  const byWords = Map.groupBy(problems, wordsOf);
  const told = new Map([...byWords.values()].map(alike => [alike[0], alike]));
  return problems.flatMap(problem => {
    const alike = told.get(problem);
    if (alike && alike.length > MOST)
      return [{ ...problem, also: alike.slice(1).map(({ position }) => position) }];
    return (byWords.get(wordsOf(problem))?.length ?? 0) > MOST ? [] : [problem];
  });
}

/** The text of a problem, without its place. */
const wordsOf = ({ severity, path, message, fix, leftOut, excerpt, also }: Problem): string =>
  JSON.stringify([severity, path, message, fix, leftOut, excerpt, also]);

/** The number of places of these problems. */
export const placesIn = (problems: readonly Pick<Problem, 'also'>[]): number =>
  problems.reduce((sum, { also = [] }) => sum + 1 + also.length, 0);
