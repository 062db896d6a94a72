import type { Reviewed } from '../result.ts';
import { PLACES, type Place } from './data.ts';

/** The meaning of each place, for readers who do not know the words yet. */
export const PLACE_MEANINGS: Readonly<Record<Place, string>> = {
  rejected: 'no sandbox can contain what it asks for, or the one that it names is not enough',
  'host-kernel': 'shares the kernel of its node: nothing asks for more, or an exemption lets it',
  'app-kernel': 'a kernel of its own in user space, such as gVisor',
  vm: 'a kernel of its own behind virtual hardware, such as Kata Containers',
  'confidential-vm': 'a VM whose memory not even the host can read',
  unasked: 'the API server asks nobody about it; the verdict is what it would be',
};

/** Whether nobody asks about it, so that its verdict has no effect. */
export const isUnasked = ({ outOfScope = false, mode }: Reviewed): boolean => outOfScope || mode === 'off';

export function placeOf(result: Reviewed): Place {
  if (isUnasked(result)) return 'unasked';
  const { verdict, isolation } = result.decision;
  return verdict === 'reject' ? 'rejected' : (isolation ?? 'host-kernel');
}

/** The place by the verdict alone, whether anybody asks or not. */
export const verdictPlaceOf = ({ decision: { verdict, isolation } }: Reviewed): Place =>
  verdict === 'reject' ? 'rejected' : (isolation ?? 'host-kernel');

export const indexOf = (place: Place): number => PLACES.indexOf(place);

/** How many are in each place. */
export type Counts = Readonly<Record<Place, number>>;

/** How many items are in each place; each counts for as many as it stands for. */
export function countPlaces(items: readonly { readonly place: Place; readonly count: number }[]): Counts {
  const counts = Object.fromEntries(PLACES.map(place => [place, 0])) as Record<Place, number>;
  for (const { place, count } of items) counts[place] += count;
  return counts;
}
