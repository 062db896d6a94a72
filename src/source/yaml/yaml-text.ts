import { stringify } from 'yaml';
import { hasUnsafe, replaceUnsafe } from '../text.ts';

/**
 * YAML of a value, which may go to a terminal, so everything that could control one is escaped, for which only double quotes
 * serve.
 */
export function yamlText(value: unknown): string {
  const text = stringify(value);
  if (!hasUnsafe(text)) return text;
  return replaceUnsafe(stringify(value, { defaultStringType: 'QUOTE_DOUBLE' }), inYaml);
}

/** https://yaml.org/spec/1.2.2/#57-escaped-characters */
function inYaml(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
