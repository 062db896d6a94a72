import type { Decision } from '../../decision/decision.ts';
import { MINIMUM_ISOLATION_LABEL } from '../../pod/labels.ts';
import { ISOLATIONS, isIsolation, meantIsolation } from '../../profiles/isolation.ts';
import { nearest } from '../../source/nearest.ts';
import { clean, list, quote } from '../../source/text.ts';

/**
 * The way out where a label's value is none of those it can have, so that it counts as the strongest: nobody who wrote
 * `gvisor` wants a confidential VM. Empty where that is not what asks for the isolation.
 */
export function misspeltFix({ governing, required }: Decision): string {
  const floors = governing.floors.filter(({ isolation }) => isolation === required);
  const word = floors.find(
    ({ because, id }) => because === 'namespace' && id !== 'unknown' && !isIsolation(id),
  );
  // What else asks for as much would be asked for with any value of the label.
  if (word && floors.length === 1) {
    return `Set the label ${MINIMUM_ISOLATION_LABEL} of the namespace to ${isolationFor(word.id)}.`;
  }
  const label = governing.contributions.find(({ note }) => note === 'unknown-value');
  if (!label || floors.some(({ because }) => because !== 'tier')) return '';
  const where = label.on === 'namespace' ? 'the namespace' : 'the Pod';
  return `Correct the label ${clean(label.id)} of ${where}: ${quote(label.value ?? '')} is none of the values that policy ${quote(governing.policy)} knows.${label.meant === undefined ? '' : ` Did you mean ${clean(label.meant)}?`}`;
}

/** A word in place of an isolation: what it is, or what it was to be. */
function isolationFor(word: string): string {
  const meant = meantIsolation(word);
  if (meant === undefined) return `one of ${list(ISOLATIONS, 'or')}`;
  return nearest(word, ISOLATIONS) === meant ? meant : `${meant}, which is what ${clean(word)} is`;
}
