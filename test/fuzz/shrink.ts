import { copy, type Json, type JsonMap, put, type Slot, slotsOf, take, valueIn } from './json.ts';

/**
 * The smallest that was found of an input which does the same: without the members and items that do not matter, and
 * with long texts and lists halved. The input itself keeps its members.
 * @param tries how often `same` is asked at most: a large input shrinks to less, if not to the least
 */
export async function shrink<T extends JsonMap>(
  input: T,
  same: (smaller: T) => Promise<boolean>,
  tries = 1500,
): Promise<T> {
  let best = copy(input);
  let left = tries;
  const isSame = async (smaller: T): Promise<boolean> => left-- > 0 && (await same(smaller));
  for (let before = Number.POSITIVE_INFINITY; sizeOf(best) < before && left > 0; ) {
    before = sizeOf(best);
    // The order is from the outside inwards, so what is taken out with its contents need not be looked into.
    for (let i = 0; i < slotsOf(best).length && left > 0; ) {
      const smaller = await changedAt(best, i, isSame);
      if (smaller) best = smaller;
      else i++;
    }
  }
  return best;
}

const sizeOf = (value: Json): number => JSON.stringify(value).length;

/** The input after the first change at a place that still does the same. */
async function changedAt<T extends JsonMap>(
  value: T,
  place: number,
  same: (smaller: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const change of [without, half]) {
    const smaller = copy(value);
    if (change(slotsOf(smaller)[place] as Slot, smaller) && (await same(smaller))) return smaller;
  }
  return undefined;
}

type Change = (slot: Slot, input: Json) => boolean;

const without: Change = ({ holder, key }, input) => {
  if (holder === input) return false;
  take(holder, key);
  return true;
};

const half: Change = slot => {
  const value = valueIn(slot);
  if (typeof value === 'string' && value.length > 16) {
    put(slot.holder, slot.key, value.slice(0, value.length / 2));
  } else if (Array.isArray(value) && value.length > 3) value.splice(value.length / 2);
  else return false;
  return true;
};
