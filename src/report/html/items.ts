import { rank } from '../../profiles/isolation.ts';
import type { Reviewed } from '../result.ts';

/** One row of a page: an object, or Pods of one owner that were decided alike. */
export interface Item {
  readonly result: Reviewed;
  /** `Deployment/web` */
  readonly name: string;
  /** How many it counts for: its Pods, or itself. */
  readonly count: number;
  /** How many Pods, where they are counted. */
  readonly pods?: number;
}

/** How many sandboxes have a column: a cluster may have dozens of classes. */
const MOST_COLUMNS = 12;

/** The sandboxes that were candidates, from the least isolated to the best. */
export function columnsOf(results: readonly Reviewed[]): readonly string[] {
  const ranks = new Map<string, number>();
  for (const { decision } of results)
    for (const { runtimeClass, isolation } of decision.placement) ranks.set(runtimeClass, rank(isolation));
  return [...ranks]
    .filter(([name]) => name !== '')
    .toSorted(([one, a], [other, b]) => a - b || (one < other ? -1 : 1))
    .slice(0, MOST_COLUMNS)
    .map(([name]) => name);
}
