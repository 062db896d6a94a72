import type { CelBindings } from './bind.ts';

/** How much of each kind of work stands at each depth of comprehensions; what it costs depends on the data. */
export interface Shape {
  readonly nodes: number[];
  readonly scans: number[];
  readonly patterns: number[];
  /** The steps of all patterns together. */
  patternSteps: number;
  /** How often all that there is may be compared; what comprehensions make counts at the depth of its items. */
  readonly comparisons: number[];
  splits: number;
  /** Concatenations outside comprehensions: each adds at most as much as is there. */
  concats: number;
  /** How many stand inside another: what one makes, the next may double. */
  doublings: number;
  maxLiteral: number;
  /** Paths of the lists and maps that comprehensions walk; `UNKNOWN` where they walk something else. */
  readonly walked: Set<string>;
  /**
   * Whether a comprehension stands in another, and walks something else than what the items of that one hold: its steps are
   * then as many as the product of two lists, where the lists of all items together have one bound. So it is where what may
   * be as large as the Pod is compared, or looked through, in a comprehension.
   */
  crosses: boolean;
}

/** Stands for what is no field, such as the parts of a text. */
export const UNKNOWN = '?';

/** Characters that are searched, and that a pattern is matched on, in the time of one step. */
const SCANNED = 64;
const MATCHED = 4;

/** The most that one evaluation can cost, in steps of about one node each. */
export function costOf(
  shape: Shape,
  { maxItems, maxString, total }: Pick<CelBindings, 'maxItems' | 'maxString' | 'total'>,
): number {
  const growth = 2 ** shape.doublings;
  const concatenated = Math.max(1, maxItems, shape.maxLiteral) * (1 + shape.concats) * growth;
  const text = maxString * growth;
  const items = shape.splits > 0 ? Math.max(concatenated, text + 1) : concatenated;
  let cost = 0;
  let times = 1;
  for (let depth = 0; depth < Math.max(shape.nodes.length, shape.comparisons.length); depth++) {
    const scans = at(shape.scans, depth) * (text / SCANNED);
    const patterns = at(shape.patterns, depth) * (1 + text / MATCHED);
    const comparisons = at(shape.comparisons, depth) * total * growth;
    cost += (at(shape.nodes, depth) + scans + patterns + comparisons) * times;
    times *= items;
  }
  return cost;
}

const at = (counts: readonly number[], depth: number): number => counts[depth] ?? 0;

/** Larger in every way than any Pod that people run: 41 mounts, 38 volumes and 10 containers are the most of thousands. */
const LARGEST: Pick<CelBindings, 'maxItems' | 'maxString' | 'total'> = {
  maxItems: 100,
  maxString: 1024,
  total: 10_000,
};

/** The most that an expression can cost on such a Pod, in the same steps. */
export const worstCostOf = (shape: Shape): number => costOf(shape, LARGEST);

/** Counts so many more at a depth. */
export function count(counts: number[], depth: number, times = 1): void {
  counts[depth] = (counts[depth] ?? 0) + times;
}
