import { clean, someOf } from '../../source/text.ts';
import type { Difference } from './change.ts';

/**
 * `Before: balanced. After: balanced and ours.` Who names what will be has not always said what was; empty where both have the
 * same names, as those of two revisions have.
 */
export function policiesSentence({ policies: { before, after } }: Pick<Difference, 'policies'>): string {
  if (before.join() === after.join()) return '';
  const words = (names: readonly string[]): string =>
    names.length === 0 ? 'no policy' : someOf(names.map(name => clean(name)));
  return `Before: ${words(before)}. After: ${words(after)}.`;
}
