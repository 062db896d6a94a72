import { CelError } from './bind.ts';

/*
Go walks a map in another order each time. What a comprehension makes of one has none, and whatever would tell it is an
error here, so that it counts as matched.
*/

const UNORDERED = new WeakSet<readonly unknown[]>();

/** Says of a list that its order is left to chance, where it has one. */
export function leaveToChance(list: readonly unknown[]): void {
  if (list.length > 1) UNORDERED.add(list);
}

export const isLeftToChance = (list: readonly unknown[]): boolean => UNORDERED.has(list);

/** @throws CelError where what follows would tell the order of such a list */
export function refuseChance(list: readonly unknown[]): void {
  if (isLeftToChance(list)) throw new CelError('the keys of a map have no order');
}
