import type { Verdict } from '../decision/decision.ts';
import { count } from '../source/text.ts';
import type { Reviewed } from './result.ts';

/** What decides whether the Pods of an object find nodes. */
export interface Scheduled {
  readonly verdict: Verdict;
  /** Whether all of its Pods wait. */
  readonly waits: boolean;
  /** How many nodes a DaemonSet goes to, and which of them cannot run it. */
  readonly nodes?: { readonly goesTo: number; readonly cannotRun: readonly string[] };
}

const scheduled = (result: Reviewed): Scheduled => ({
  verdict: result.decision.verdict,
  waits: isWaiting(result),
  ...(result.nodes && { nodes: result.nodes }),
});

/** Whether all of its Pods wait, as no ready node can take them, in the class that they have. */
export const isWaiting = ({ nodeless, decision: { verdict, placement } }: Reviewed): boolean =>
  nodeless === true ||
  (verdict !== 'reject' && placement.some(({ chosen, available }) => chosen && !available));

/**
 * How many Pods of an object wait: for a DaemonSet, the number of nodes that its Pods go to and that cannot run them; for
 * anything else, all Pods or none.
 */
export const waitingOf = (result: Reviewed): number => waitingIn(scheduled(result));

/** `, waits`, or of a DaemonSet `, waits on 2 of 5 nodes`; empty where none of its Pods does. */
export const waitsSuffix = (result: Reviewed): string => waitsSuffixOf(scheduled(result));

/** What becomes of the waiting of an object. */
export const waitingChange = (before: Reviewed, after: Reviewed): WaitingFate | undefined =>
  waitingFate(scheduled(before), scheduled(after));

export type WaitingFate = 'waiting' | 'running';

/**
 * Whether more of its Pods find no node, or more of them find one. A node that goes takes a Pod of a DaemonSet along, which then
 * no longer waits, and does not run either. What is rejected on either side has another fate.
 */
export function waitingFate(before: Scheduled, after: Scheduled): WaitingFate | undefined {
  if (before.verdict === 'reject' || after.verdict === 'reject') return undefined;
  const [was, is] = [waitingIn(before), waitingIn(after)];
  if (is > was) return 'waiting';
  return is < was && ranOn(after) > ranOn(before) ? 'running' : undefined;
}

/** The words of {@link waitsSuffix}. */
export function waitsSuffixOf(one: Scheduled): string {
  if (one.waits) return ', waits';
  const waiting = waitingIn(one);
  return waiting === 0 ? '' : `, waits on ${waiting} of ${count(one.nodes?.goesTo ?? 0, 'node')}`;
}

function waitingIn({ verdict, waits, nodes }: Scheduled): number {
  if (waits) return Number.POSITIVE_INFINITY;
  return verdict === 'reject' ? 0 : (nodes?.cannotRun.length ?? 0);
}

/** Counts the nodes that a DaemonSet runs on; all else runs or does not. */
const ranOn = (one: Scheduled): number => (one.waits ? 0 : (one.nodes?.goesTo ?? 1) - waitingIn(one));
