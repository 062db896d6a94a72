import type { Judged } from '../../input/assumed.ts';
import type { GroundOf } from '../../input/seen.ts';
import { unlistedOf } from '../../input/unlisted.ts';
import { unusedOf } from '../../input/unused.ts';
import type { ReviewNote } from '../../report/result.ts';
import { type Lying, lyingNotes, unlistedNotes, unusedNotes } from '../../report/words/unused.ts';
import type { LoadedGround } from './ground.ts';

/**
 * Notes on policies, exemptions and profiles: which of those given have no effect, and which are among the manifests without
 * being in force.
 */
export const settingNotes = (
  { given, snapshot }: LoadedGround,
  lying: readonly Lying[],
  judged: readonly Judged[],
  groundOf: GroundOf,
  now: number,
): readonly ReviewNote[] => [
  ...lyingNotes(lying.filter(({ id }) => !given.has(id))),
  ...unusedNotes(unusedOf(given, judged, groundOf, snapshot, now)),
  ...unlistedNotes(unlistedOf(given, judged, groundOf)),
];
