import { type Position, type Problem, placeRead } from './document.ts';

/**
 * Orders problems by file, in the order given, and then by line and column. Files that were not given come last, in the order
 * in which they occur; problems at one place keep their order.
 */
export function byPlace(problems: readonly Problem[], files: readonly string[] = []): readonly Problem[] {
  const placeOf = ({ position }: Problem): Position => placeRead(position);
  const all = new Set([...files, ...problems.map(problem => placeOf(problem).file)]);
  const ranks = new Map([...all].map((file, i) => [file, i]));
  const rank = (problem: Problem): number => ranks.get(placeOf(problem).file) ?? 0;
  return problems.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (placeOf(a).line ?? 0) - (placeOf(b).line ?? 0) ||
      (placeOf(a).column ?? 0) - (placeOf(b).column ?? 0),
  );
}
