import { afterBlanks, endOfJson } from './json.ts';

/** How far kubectl looks for the `{` that makes it try JSON. */
const JSON_START = /^[ \t\r\n]{0,4095}\{/;

/** How a text goes on behind its JSON values. */
export interface AfterJson {
  /** Where YAML begins; the end of the text where all of it is JSON. */
  readonly yamlFrom: number;
  /** Where a text that can be nothing but JSON breaks off. */
  readonly wrongAt?: number;
}

/**
 * Where the values start of a text that kubectl reads as JSON (apimachinery `yaml.YAMLOrJSONDecoder`): JSON lines, objects
 * one after the other. Behind the first it may go on as YAML, with `---`; behind the second it may not.
 */
export function* jsonIn(text: string): Generator<number, AfterJson> {
  if (!JSON_START.test(text)) return { yamlFrom: 0 };
  for (let at = 0, values = 0; ; values++) {
    const start = afterBlanks(text, at);
    if (start === text.length) return { yamlFrom: start };
    const value = endOfJson(text, start);
    if ('wrongAt' in value) return broken(text, at, value.wrongAt, values);
    yield start;
    at = value.end;
  }
}

function broken(text: string, at: number, wrongAt: number, values: number): AfterJson {
  if (values > 1) return { yamlFrom: text.length, wrongAt };
  return { yamlFrom: values === 0 ? 0 : afterLine(text, at) };
}

/** The offset behind white space up to the end of the line, as kubectl skips it before it tries YAML. */
function afterLine(text: string, from: number): number {
  let at = from;
  while (/[ \t\r]/.test(text[at] ?? '')) at++;
  return text[at] === '\n' ? at + 1 : at;
}
