import type { ASTNode } from '@marcbachmann/cel-js';
import { type Bulk, type Bulks, bulkOf, smaller } from './bulk.ts';
import { count, type Shape } from './cost.ts';

type Pair = readonly [ASTNode, ASTNode];

/** Two values are compared as long as they are equal: at most through all of the smaller one. */
export function measureEquality([a, b]: Pair, depth: number, shape: Shape, bulks: Bulks): void {
  countComparison(shape, depth, smaller(bulkOf(a, bulks), bulkOf(b, bulks)));
}

/** Membership is a comparison with each item; all of them together cost at most what the items hold. */
export function measureMembership([item, list]: Pair, depth: number, shape: Shape, bulks: Bulks): void {
  if (list.op === 'list') {
    for (const other of list.args) measureEquality([item, other], depth, shape, bulks);
    return;
  }
  const { parts, loops } = bulkOf(list, bulks);
  // A small value takes one step for each item.
  if (bulkOf(item, bulks).parts === 0 && loops > 0) count(shape.nodes, depth + loops, parts);
  else countComparison(shape, depth, { parts: Math.max(1, parts), loops });
}

function countComparison({ comparisons }: Shape, depth: number, { parts, loops }: Bulk): void {
  count(comparisons, depth + loops, parts);
}
