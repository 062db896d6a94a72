import { clean } from '../../source/text.ts';

/**
 * One element, with attributes in the order given.
 * @param inner its content, which is XML already
 */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  inner?: string,
): string => {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value), 4000)}"`);
  return inner ? `<${name}${words.join('')}>${inner}</${name}>` : `<${name}${words.join('')}/>`;
};

/** The text of an element, line by line. */
export const text = (content: string): string =>
  content
    .split('\n')
    .map(line => escaped(line, 2000))
    .join('\n');

/**
 * Escapes text. `clean` spells out what XML cannot contain at all (control characters, halves of characters); it works for
 * HTML, too.
 */
export const escaped = (given: string, limit: number): string =>
  clean(given, limit)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
