import { stripVTControlCharacters } from 'node:util';

/** How many columns a terminal gives a character: two for East Asian wide ones and emoji, none for marks and joiners (UAX #11). */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** The columns of a text; colour codes take none. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const character of stripVTControlCharacters(text))
    sum += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return sum;
}

/** The spaces that pad a text to this many columns. */
export const fill = (text: string, width: number): string => ' '.repeat(Math.max(0, width - columns(text)));

/** Breaks at spaces. A word that is longer than a line stays whole, as a path that is cut cannot be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columns(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A paragraph whose first line follows `lead` and whose others hang below it. */
export function hang(lead: string, text: string, width: number): string[] {
  const indent = ' '.repeat(columns(lead));
  const lines = wrap(text, Math.max(20, width - columns(lead)));
  return lines.map((line, i) => `${i === 0 ? lead : indent}${line}`);
}
