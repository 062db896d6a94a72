import type { Ground } from '../../decision/ground.ts';
import type { Judged } from '../../input/assumed.ts';
import { unusedOf } from '../../input/unused.ts';
import type { ReviewNote } from '../../report/result.ts';
import { type Lying, lyingNotes, unusedNotes } from '../../report/words/unused.ts';
import type { SourceDocument } from '../../source/document.ts';

/**
 * What is worth knowing of policies, exemptions and profiles: which of those given bear on nothing, and which lie among
 * the manifests without being in force.
 */
export const settingNotes = (
  given: ReadonlyMap<string, SourceDocument>,
  lying: readonly Lying[],
  judged: readonly Judged[],
  ground: Ground,
  now: number,
): readonly ReviewNote[] => [
  ...lyingNotes(lying.filter(({ id }) => !given.has(id))),
  ...unusedNotes(unusedOf(given, judged, ground, now)),
];
