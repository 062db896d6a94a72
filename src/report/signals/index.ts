import type { Style } from '../result.ts';
import { signalsJson } from './json.ts';
import type { Listed } from './listed.ts';
import { signalsTable } from './table.ts';

/** Every output format of `cofferdam signals`, by the name that `-o` takes. */
export const SIGNAL_FORMATS: Readonly<Record<string, (listed: Listed, style: Style) => string>> = {
  table: signalsTable,
  json: signalsJson,
};
