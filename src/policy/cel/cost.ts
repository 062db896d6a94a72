import type { CelBindings } from './bind.ts';

/** How much work of each kind there is at each depth of comprehensions; its cost depends on the data. */
export interface Shape {
  readonly nodes: number[];
  readonly scans: number[];
  readonly patterns: number[];
  /** The steps of all patterns together. */
  patternSteps: number;
  /** How often all the data may be compared; the results of comprehensions count at the depth of their items. */
  readonly comparisons: number[];
  splits: number;
  /** Concatenations outside comprehensions, each of which adds at most as much as there is. */
  concats: number;
  /** How many concatenations are inside another: the outer one may double the result of the inner one. */
  doublings: number;
  maxLiteral: number;
  /** The paths of the lists and maps that comprehensions walk; `UNKNOWN` where they walk something else. */
  readonly walked: Set<string>;
  /**
   * Whether a comprehension is inside another one and walks something other than the items of that one. Its steps are then the
   * product of two lists, where otherwise one bound holds for the lists of all items together. The same goes for comparing, or
   * searching, something within a comprehension that may be as large as the Pod.
   */
  crosses: boolean;
}

/** Stands for a value that is no field, such as the parts of a text. */
export const UNKNOWN = '?';

/** How many characters are searched, or matched by a pattern, in the time of one step. */
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

/**
 * The sizes of a Pod larger in every way than any that people run: the most of thousands are 41 mounts, 38 volumes and 10
 * containers.
 */
const LARGEST: Pick<CelBindings, 'maxItems' | 'maxString' | 'total'> = {
  maxItems: 100,
  maxString: 1024,
  total: 10_000,
};

/** The most that an expression can cost on such a Pod, in the same steps. */
export const worstCostOf = (shape: Shape): number => costOf(shape, LARGEST);

/** Adds to the count at a depth. */
export function count(counts: number[], depth: number, times = 1): void {
  counts[depth] = (counts[depth] ?? 0) + times;
}
