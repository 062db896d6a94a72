import { json } from './json.ts';
import type { Format } from './result.ts';
import { table } from './table.ts';

/** Every output format, by the name that `-o` takes. One file each. */
export const FORMATS: Readonly<Record<string, Format>> = { table, json };
