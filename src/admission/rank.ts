/** Numbers that order things: by the first in which two of them differ. */
export type Rank = readonly number[];

/** The one of least rank, and of several alike the first; undefined of none. */
export function leastOf<T>(all: Iterable<T>, rankOf: (one: T) => Rank): T | undefined {
  let least: { readonly one: T; readonly rank: Rank } | undefined;
  for (const one of all) {
    const rank = rankOf(one);
    if (!least || isBefore(rank, least.rank)) least = { one, rank };
  }
  return least?.one;
}

function isBefore(a: Rank, b: Rank): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}
