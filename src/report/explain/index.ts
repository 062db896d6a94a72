import type { Style } from '../result.ts';
import type { Explained } from './explained.ts';
import { explainJson } from './json.ts';
import { explainText } from './text.ts';

/** Every output format of `explain`, by the name that `-o` takes. */
export const EXPLAIN_FORMATS: Readonly<Record<string, (explained: Explained, style: Style) => string>> = {
  text: explainText,
  json: explainJson,
};
