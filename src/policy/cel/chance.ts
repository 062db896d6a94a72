import { CelError } from './bind.ts';

/*
Go walks a map in another order each time, so a list that a comprehension makes of a map has no order. Whatever would reveal its
order is an error here, so that the rule counts as matched.
*/

const UNORDERED = new WeakSet<readonly unknown[]>();

/** Marks a list whose order is left to chance. */
export function leaveToChance(list: readonly unknown[]): void {
  if (list.length > 1) UNORDERED.add(list);
}

export const isLeftToChance = (list: readonly unknown[]): boolean => UNORDERED.has(list);

/** @throws CelError where the result would reveal the order of such a list */
export function refuseChance(list: readonly unknown[]): void {
  if (isLeftToChance(list)) throw new CelError('the keys of a map have no order');
}
