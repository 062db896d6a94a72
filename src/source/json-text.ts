const [QUOTE, BACKSLASH] = Buffer.from('"\\');

/**
 * Where a string of JSON ends, without parsing it. Structural bytes never occur inside a multi-byte character of UTF-8.
 * @param start of its opening quote
 * @returns the index after its closing quote; beyond the text where there is none
 */
export function endOfString(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}
