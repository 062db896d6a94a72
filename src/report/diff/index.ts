import type { Style } from '../result.ts';
import type { Difference } from './change.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import { table } from './table.ts';

/** Every output format of `cofferdam diff`, by the name that `-o` takes. One file each. */
export const DIFF_FORMATS: Readonly<
  Record<string, (difference: Difference, style: Style) => string | Promise<string>>
> = {
  table,
  json,
  markdown,
  html: async difference => (await import('./html.ts')).html(difference),
};
