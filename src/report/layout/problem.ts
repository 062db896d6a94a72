import { type Excerpt, type Position, type Problem, placeText } from '../../source/document.ts';
import { clean, count, someOf } from '../../source/text.ts';
import type { Paint } from './paint.ts';
import { columns } from './wrap.ts';

/** `web.yaml:12`, cleaned. */
export const placeWords = (position: Position): string =>
  placeText({ ...position, file: clean(position.file) });

/** A problem, or a note in the same form. */
export type Told = Omit<Problem, 'severity'> & { readonly severity: Problem['severity'] | 'note' };

/**
 * `web.yaml:12: error: Deployment/web: spec.template.spec.hostPID: found …`, in the form of compilers, so that editors can jump
 * to it.
 */
export function problemLine(
  { severity, position, object, path, message, excerpt, fix, also }: Told,
  paint: Paint,
): string {
  const words = { error: paint.bad, warning: paint.warn, note: paint.dim } as const;
  const word = words[severity](severity);
  const what = [object, path].filter(Boolean).map(text => `${clean(text ?? '')}: `);
  const hint = fix ? `\n  ${paint.dim('Fix:')} ${clean(fix, 400)}` : '';
  const more = also ? `\n  ${alsoSentence(also)}` : '';
  return `${placeWords(position)}: ${word}: ${what.join('')}${clean(message, 400)}${excerpt ? pointed(excerpt) : ''}${more}${hint}`;
}

/** `The same in 1999 more places: b.yaml:3, c.yaml:3, d.yaml:3 and 1996 more.` */
export const alsoSentence = (also: readonly Position[]): string =>
  `The same in ${count(also.length, 'more place')}: ${someOf(also.map(placeWords))}.`;

/** How much of a line is shown before and after the place. */
const AROUND = 60;

/** The line, with a caret below the place. */
function pointed({ line, column }: Excerpt): string {
  const at = column - 1;
  const before = clean(line.slice(Math.max(0, at - AROUND), at));
  return `\n  | ${before}${clean(line.slice(at, at + AROUND))}\n  | ${' '.repeat(columns(before))}^`;
}
