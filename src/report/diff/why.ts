import { sentence } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { fixSentence } from '../words/fix.ts';
import { waitingNotes, whySentence } from '../words/notes.ts';
import type { Change } from './change.ts';

/** Why Pods of it would wait, as a review says it; empty where none would. */
export const waitingWords = (after: Reviewed): string =>
  waitingNotes(after)
    .map(({ phrase }) => sentence(phrase))
    .join(' ');

/** Why something hurts: in the words of the side that says more. */
export function whyWords({ fate, fates, before, after }: Change): string {
  if (fate === 'rejected') return whySentence(after);
  const waits = fates.includes('waiting') ? [waitingWords(after)] : [];
  if (fate === 'waiting') return waits.join('');
  return [`Before: ${whySentence(before)} After: ${whySentence(after)}`, ...waits].join(' ');
}

/** What to do about it; empty where a review says of neither side what. */
export function fixWords({ fate, fates, after }: Change): string {
  if (fate === 'rejected') return fixSentence(after.decision);
  return fates.includes('waiting') ? (waitingNotes(after)[0]?.fix ?? '') : '';
}
