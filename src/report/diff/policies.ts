import { clean, someOf } from '../../source/text.ts';
import type { Difference } from './change.ts';

/**
 * `Before: balanced. After: balanced and ours.` Whoever names what will be may not have said what was. It is empty where both
 * sides have the same names, as two revisions do.
 */
export function policiesSentence({ policies: { before, after } }: Pick<Difference, 'policies'>): string {
  if (before.join() === after.join()) return '';
  const words = (names: readonly string[]): string =>
    names.length === 0 ? 'no policy' : someOf(names.map(name => clean(name)));
  return `Before: ${words(before)}. After: ${words(after)}.`;
}
