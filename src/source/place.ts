import type { Problem } from './document.ts';

/**
 * By file in the order given, then by line and column. Files that were not given come last, in the order in which they
 * come up, as do problems of one place.
 */
export function byPlace(problems: readonly Problem[], files: readonly string[] = []): readonly Problem[] {
  const all = new Set([...files, ...problems.map(({ position }) => position.file)]);
  const ranks = new Map([...all].map((file, i) => [file, i]));
  const rank = ({ position }: Problem): number => ranks.get(position.file) ?? 0;
  return problems.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.position.line ?? 0) - (b.position.line ?? 0) ||
      (a.position.column ?? 0) - (b.position.column ?? 0),
  );
}
