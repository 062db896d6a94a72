import type { Format } from '../result.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** Every output format, by the name that `-o` takes. One file each. */
export const FORMATS: Readonly<Record<string, Format>> = {
  table,
  json,
  markdown,
  sarif,
  junit,
  github,
  gitlab,
  html: async review => (await import('./html.ts')).html(review),
};
