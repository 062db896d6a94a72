/* Searches JSON without parsing it. Structural bytes never occur inside a multi-byte character of UTF-8. */

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = Buffer.from('"\\,[]{}');
const SPACES: ReadonlySet<number | undefined> = new Set(Buffer.from(' \n\r\t'));

/** The place of a value in its text. */
export interface Span {
  readonly start: number;
  /** The index after its last byte. */
  readonly end: number;
}

/**
 * Where a JSON string ends.
 * @param start the index of its opening quote
 * @returns the index after its closing quote; beyond the text where there is none
 */
export function endOfString(text: Buffer, start: number): number {
  const { length } = text;
  let at = start + 1;
  while (at < length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/**
 * The entries of the map that starts here, in their order.
 * @param start the index of the text or of the map
 */
export function* entriesOf(text: Buffer, start = 0): Generator<Span & { readonly key: string }> {
  let at = pastSpaces(text, start);
  if (text[at] !== OPEN) return;
  at = pastSpaces(text, at + 1);
  while (text[at] === QUOTE) {
    const afterKey = endOfString(text, at);
    const key = text.toString('utf8', at + 1, afterKey - 1);
    const value = pastSpaces(text, pastSpaces(text, afterKey) + ':'.length);
    const end = endOfValue(text, value);
    yield { key, start: value, end };
    at = pastComma(text, end);
  }
}

/** The items of the list that starts here, and the text between its brackets; undefined where there is no complete list. */
export function itemsOf(
  text: Buffer,
  start: number,
): { readonly items: readonly Span[]; readonly list: Span } | undefined {
  if (text[start] !== OPEN_LIST) return undefined;
  const items: Span[] = [];
  let at = pastSpaces(text, start + 1);
  while (at < text.length && text[at] !== CLOSE_LIST) {
    const end = endOfValue(text, at);
    items.push({ start: at, end });
    at = pastComma(text, end);
  }
  return at < text.length ? { items, list: { start: start + 1, end: at } } : undefined;
}

/** Whether it has more members and items than this: commas outside of strings. */
export function hasMore(text: Buffer, most: number): boolean {
  if (most >= text.length) return false;
  let found = 0;
  for (let at = 0; at < text.length && found <= most; at++) {
    if (text[at] === QUOTE) at = endOfString(text, at) - 1;
    else if (text[at] === COMMA) found++;
  }
  return found > most;
}

/** @returns the index after the value that starts here */
function endOfValue(text: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) at = endOfString(text, at) - 1;
    else if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
    // A number or a word ends before the character that follows it.
    if (depth < 0) return at;
    if (depth === 0 && isLast(byte, text[at + 1])) return at + 1;
  }
  return text.length;
}

/** Whether a byte outside of maps and lists is the last of its value. */
const isLast = (byte: number | undefined, next: number | undefined): boolean =>
  byte === QUOTE || byte === CLOSE || byte === CLOSE_LIST || isAfterValue(next);

const isAfterValue = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE || byte === CLOSE_LIST || SPACES.has(byte);

function pastSpaces(text: Buffer, start: number): number {
  let at = start;
  while (SPACES.has(text[at])) at++;
  return at;
}

function pastComma(text: Buffer, start: number): number {
  const at = pastSpaces(text, start);
  return text[at] === COMMA ? pastSpaces(text, at + 1) : at;
}
