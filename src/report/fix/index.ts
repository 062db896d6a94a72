import type { Style } from '../result.ts';
import type { Fixes } from './fixes.ts';
import { fixJson } from './json.ts';

/** Every output format of `explain --fix`, by the name that `-o` takes. */
export const FIX_FORMATS: Readonly<Record<string, (fixes: Fixes, style: Style) => string>> = {
  text: ({ patch }) => patch,
  json: fixJson,
};
