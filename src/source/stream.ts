import { afterBlanks, endOfJson } from './json.ts';

/** How far kubectl looks for the `{` that makes it try JSON. */
const JSON_START = /^[ \t\r\n]{0,4095}\{/;

/** JSON values one after the other, and how the text goes on behind them. */
export interface JsonStream {
  /** Where each starts. */
  readonly starts: readonly number[];
  /** From here on it is YAML; the end of the text where all of it is JSON. */
  readonly yamlFrom: number;
  /** Where a text that can be nothing but JSON breaks off. */
  readonly wrongAt?: number;
}

/**
 * The values of a text that kubectl reads as JSON (apimachinery `yaml.YAMLOrJSONDecoder`): JSON lines, objects one after
 * the other. Behind the first it may go on as YAML, with `---`; behind the second it may not.
 */
export function jsonIn(text: string): JsonStream {
  const starts: number[] = [];
  if (!JSON_START.test(text)) return { starts, yamlFrom: 0 };
  for (let at = 0; ; ) {
    const start = afterBlanks(text, at);
    if (start === text.length) return { starts, yamlFrom: start };
    const value = endOfJson(text, start);
    if ('end' in value) {
      starts.push(start);
      at = value.end;
    } else if (starts.length > 1) {
      return { starts, yamlFrom: text.length, wrongAt: value.wrongAt };
    } else {
      return { starts, yamlFrom: starts.length === 0 ? 0 : afterLine(text, at) };
    }
  }
}

/** Behind white space up to the end of the line, as kubectl skips it before it tries YAML. */
function afterLine(text: string, from: number): number {
  let at = from;
  while (/[ \t\r]/.test(text[at] ?? '')) at++;
  return text[at] === '\n' ? at + 1 : at;
}
