import { type Excerpt, type Position, type Problem, placeText } from '../source/document.ts';
import { columns } from './layout.ts';
import type { Paint } from './paint.ts';
import { clean } from './text.ts';

/** `web.yaml:12`, cleaned. */
export const placeWords = (position: Position): string =>
  placeText({ ...position, file: clean(position.file) });

/** `web.yaml:12: error: Deployment/web: spec.template.spec.hostPID: found …`, as compilers print it, so that editors jump. */
export function problemLine(
  { severity, position, object, path, message, excerpt, fix }: Problem,
  paint: Paint,
): string {
  const word = severity === 'error' ? paint.bad('error') : paint.warn('warning');
  const what = [object, path].filter(Boolean).map(text => `${clean(text ?? '')}: `);
  const hint = fix ? `\n  ${paint.dim('Fix:')} ${clean(fix, 400)}` : '';
  return `${placeWords(position)}: ${word}: ${what.join('')}${clean(message, 400)}${excerpt ? pointed(excerpt) : ''}${hint}`;
}

/** What is shown of a line, before and behind the place. */
const AROUND = 60;

/** The line, and a caret below the place. */
function pointed({ line, column }: Excerpt): string {
  const at = column - 1;
  const before = clean(line.slice(Math.max(0, at - AROUND), at));
  return `\n  | ${before}${clean(line.slice(at, at + AROUND))}\n  | ${' '.repeat(columns(before))}^`;
}
