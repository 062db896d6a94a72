/**
 * The word that was probably meant: the same in other letter case, else the one with the fewest edits, if these are at most
 * a quarter of the word: more lead from one name to another with the same beginning, such as runsc-team and runsc-kvm.
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  // Nobody mistypes a long text, and the distance takes quadratic time.
  if (word.length > 64) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(word.length / 4)) + 1;
  for (const candidate of words) {
    const edits = distance(lower, candidate.toLowerCase());
    // If nothing of the word is left, it is another word: 1 does not mean 2.
    if (edits < fewest && edits < Math.max(word.length, candidate.length)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours from one to the other (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? (before[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min(replaced, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
