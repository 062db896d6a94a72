import type { Decision } from '../../decision/decision.ts';
import { MINIMUM_ISOLATION_LABEL } from '../../pod/labels.ts';
import { ISOLATIONS, isIsolation, meantIsolation } from '../../profiles/isolation.ts';
import { nearest } from '../../source/nearest.ts';
import { clean, list, quote } from '../../source/text.ts';

/**
 * What to do where a label's value is not one of those that it can have, so that it counts as the strongest: nobody who wrote
 * `gvisor` wants a confidential VM. Empty where the isolation has other causes.
 */
export function misspeltFix({ governing, required }: Decision): string {
  const floors = governing.floors.filter(({ isolation }) => isolation === required);
  const word = floors.find(
    ({ because, id }) => because === 'namespace' && id !== 'unknown' && !isIsolation(id),
  );
  // Any other cause would ask for as much whatever the value of the label is.
  if (word && floors.length === 1) {
    return `Set the label ${MINIMUM_ISOLATION_LABEL} of the namespace to ${isolationFor(word.id)}.`;
  }
  const label = governing.contributions.find(({ note }) => note === 'unknown-value');
  if (!label || floors.some(({ because }) => because !== 'tier')) return '';
  const where = label.on === 'namespace' ? 'the namespace' : 'the Pod';
  return `Correct the label ${clean(label.id)} of ${where}: ${quote(label.value ?? '')} is none of the values that policy ${quote(governing.policy)} knows.${label.meant === undefined ? '' : ` Did you mean ${clean(label.meant)}?`}`;
}

/** What a word in place of an isolation means, or was meant to be. */
function isolationFor(word: string): string {
  const meant = meantIsolation(word);
  if (meant === undefined) return `one of ${list(ISOLATIONS, 'or')}`;
  return nearest(word, ISOLATIONS) === meant ? meant : `${meant}, which is what ${clean(word)} is`;
}
