import type { Reviewed } from '../result.ts';
import { PLACES, type Place } from './data.ts';

/** What each place stands for, for whoever does not know the words yet. */
export const PLACE_MEANINGS: Readonly<Record<Place, string>> = {
  rejected: 'no sandbox can contain what it asks for, or the one that it names is not enough',
  'host-kernel': 'shares the kernel of its node: nothing asks for more, or an exemption lets it',
  'app-kernel': 'a kernel of its own in user space, such as gVisor',
  vm: 'a kernel of its own behind virtual hardware, such as Kata Containers',
  'confidential-vm': 'a VM whose memory not even the host can read',
  unasked: 'the API server asks nobody about it; the verdict is what it would be',
};

/** Whether nobody asks about it, so that its verdict counts for nothing. */
export const isUnasked = ({ outOfScope = false, mode }: Reviewed): boolean => outOfScope || mode === 'off';

export function placeOf(result: Reviewed): Place {
  if (isUnasked(result)) return 'unasked';
  const { verdict, isolation } = result.decision;
  return verdict === 'reject' ? 'rejected' : (isolation ?? 'host-kernel');
}

/** Where the verdict alone would have it, whoever asks. */
export const verdictPlaceOf = ({ decision: { verdict, isolation } }: Reviewed): Place =>
  verdict === 'reject' ? 'rejected' : (isolation ?? 'host-kernel');

export const indexOf = (place: Place): number => PLACES.indexOf(place);

/** How many are in each place. */
export type Counts = Readonly<Record<Place, number>>;

/** How many of some items are where; each counts for as many as it stands for. */
export function countPlaces(items: readonly { readonly place: Place; readonly count: number }[]): Counts {
  const counts = Object.fromEntries(PLACES.map(place => [place, 0])) as Record<Place, number>;
  for (const { place, count } of items) counts[place] += count;
  return counts;
}
