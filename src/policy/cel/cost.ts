import type { CelBindings } from './bind.ts';

/** How much of each kind of work stands at each depth of comprehensions; what it costs depends on the data. */
export interface Shape {
  readonly nodes: number[];
  readonly scans: number[];
  readonly patterns: number[];
  /** Comparisons of which neither side is known to be small. */
  readonly comparisons: number[];
  splits: number;
  /** Concatenations outside comprehensions: each adds at most as much as is there. */
  concats: number;
  /** Those inside: what one makes, the next may double. */
  doublings: number;
  maxLiteral: number;
}

/** Characters that are searched, and that a pattern is matched on, in the time of one step. */
const SCANNED = 64;
const MATCHED = 4;

/** The most that one evaluation can cost, in steps of about one node each. */
export function costOf(shape: Shape, { maxItems, maxString, total }: CelBindings): number {
  const growth = 2 ** shape.doublings;
  const concatenated = Math.max(1, maxItems, shape.maxLiteral) * (1 + shape.concats) * growth;
  const text = maxString * growth;
  const items = shape.splits > 0 ? Math.max(concatenated, text + 1) : concatenated;
  let cost = 0;
  let times = 1;
  for (let depth = 0; depth < shape.nodes.length; depth++) {
    const scans = at(shape.scans, depth) * (text / SCANNED);
    const patterns = at(shape.patterns, depth) * (1 + text / MATCHED);
    const comparisons = at(shape.comparisons, depth) * total * growth;
    cost += (at(shape.nodes, depth) + scans + patterns + comparisons) * times;
    times *= items;
  }
  return cost;
}

const at = (counts: readonly number[], depth: number): number => counts[depth] ?? 0;
