import type { Style } from '../result.ts';
import { json } from './json.ts';
import type { Suggested } from './suggested.ts';
import { table } from './table.ts';
import { yaml } from './yaml.ts';

/** Every output format of `cofferdam suggest`, by the name that `-o` takes. One file each. */
export const SUGGEST_FORMATS: Readonly<
  Record<string, (suggested: Suggested, style: Style) => string | Promise<string>>
> = {
  yaml,
  table,
  json,
  html: async suggested => (await import('./html.ts')).html(suggested),
};
