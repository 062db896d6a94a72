import { afterBlanks, endOfJson } from './json.ts';

/** How far kubectl searches for the `{` that makes it try JSON. */
const JSON_START = /^[ \t\r\n]{0,4095}\{/;

/** How a text continues after its JSON values. */
export interface AfterJson {
  /** Where YAML begins; the end of the text where all of it is JSON. */
  readonly yamlFrom: number;
  /** Where a text that can only be JSON breaks off. */
  readonly wrongAt?: number;
}

/**
 * Where the values of a text start that kubectl reads as JSON (apimachinery `yaml.YAMLOrJSONDecoder`): JSON lines, or objects
 * one after the other. After the first one it may continue as YAML, with `---`; after the second it may not.
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

/** The offset after white space up to the end of the line, which kubectl skips before it tries YAML. */
function afterLine(text: string, from: number): number {
  let at = from;
  while (/[ \t\r]/.test(text[at] ?? '')) at++;
  return text[at] === '\n' ? at + 1 : at;
}
