import type { Style } from '../report/result.ts';
import { junit } from './junit.ts';
import type { CaseResults } from './results.ts';
import { table } from './table.ts';

/** Every output format of `cofferdam test`, by the name that `-o` takes. One file each. */
export const CASE_FORMATS: Readonly<Record<string, (results: CaseResults, style: Style) => string>> = {
  table,
  junit,
};
