import type { Problem } from './document.ts';

/** How many that are alike are told one by one. */
const MOST = 3;

/**
 * Problems of which many say the same, each in another place, told once: the first of them, with the places of the others. In
 * a repository one mistake is most often made in each of its files.
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

/** What a problem says, wherever it is. */
const wordsOf = ({ severity, path, message, fix, leftOut, excerpt, also }: Problem): string =>
  JSON.stringify([severity, path, message, fix, leftOut, excerpt, also]);

/** The number of places they are in. */
export const placesIn = (problems: readonly Pick<Problem, 'also'>[]): number =>
  problems.reduce((sum, { also = [] }) => sum + 1 + also.length, 0);
