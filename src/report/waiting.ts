import { count } from '../source/text.ts';
import type { Reviewed } from './result.ts';

/**
 * How many Pods of an object wait, as no ready node can take them in the class that they have: for a DaemonSet, the number of
 * such nodes that its Pods go to; for anything else, all Pods or none.
 */
export function waitingOf(result: Reviewed): number {
  if (isWaiting(result)) return Number.POSITIVE_INFINITY;
  const { decision, nodes } = result;
  return decision.verdict === 'reject' ? 0 : (nodes?.cannotRun.length ?? 0);
}

/** Whether all of its Pods wait. */
export const isWaiting = ({ nodeless, decision: { verdict, placement } }: Reviewed): boolean =>
  nodeless === true ||
  (verdict !== 'reject' && placement.some(({ chosen, available }) => chosen && !available));

/** `, waits`, or of a DaemonSet `, waits on 2 of 5 nodes`; empty where none of its Pods does. */
export function waitingWords(result: Reviewed): string {
  if (isWaiting(result)) return ', waits';
  const waiting = waitingOf(result);
  return waiting === 0 ? '' : `, waits on ${waiting} of ${count(result.nodes?.goesTo ?? 0, 'node')}`;
}
