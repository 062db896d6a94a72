import { endOfString } from '../source/json-text.ts';
import type { KubeObject } from './object.ts';

/** A list as it came, of which one object at a time is read. */
export interface ListText {
  /** The list without its items. */
  readonly head: KubeObject;
  /** How many items there are. */
  readonly size: number;
  /** Each is parsed when it is asked for. */
  items(): Generator<KubeObject>;
}

const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = Buffer.from('",[]{}');
const SPACES: ReadonlySet<number | undefined> = new Set(Buffer.from(' \n\r\t'));
const ITEMS = Buffer.from('"items"');

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the items of a list without parsing them: parsed, a page takes ten times its bytes, which is what the authors of
 * its objects make of it.
 * @param text of JSON, UTF-8
 * @throws SyntaxError where what stands around the items is no JSON
 */
export function readListText(text: Buffer): ListText {
  const { spans, list } = findItems(text);
  const around = list ? [text.subarray(0, list.start), text.subarray(list.end)] : [text];
  const read = (part: Span): KubeObject => JSON.parse(text.toString('utf8', part.start, part.end));
  return {
    head: JSON.parse(Buffer.concat(around).toString('utf8')),
    size: spans.length,
    items: function* () {
      for (const span of spans) yield read(span);
    },
  };
}

interface Items {
  readonly spans: readonly Span[];
  /** What stands between the brackets; undefined where there is no list, or not the whole of it. */
  readonly list: Span | undefined;
}
const NO_ITEMS: Items = { spans: [], list: undefined };

function findItems(text: Buffer): Items {
  let at = pastSpaces(text, text.indexOf(OPEN as number) + 1);
  while (text[at] === QUOTE) {
    const end = endOfString(text, at);
    const isItems = text.subarray(at, end).equals(ITEMS);
    const value = pastSpaces(text, pastSpaces(text, end) + ':'.length);
    if (isItems && text[value] === OPEN_LIST) return itemsFrom(text, value + 1);
    at = pastComma(text, endOfValue(text, value));
  }
  return NO_ITEMS;
}

/** @param start of what stands between the brackets */
function itemsFrom(text: Buffer, start: number): Items {
  const spans: Span[] = [];
  let at = pastSpaces(text, start);
  while (at < text.length && text[at] !== CLOSE_LIST) {
    const end = endOfValue(text, at);
    spans.push({ start: at, end });
    at = pastComma(text, end);
  }
  return at < text.length ? { spans, list: { start, end: at } } : NO_ITEMS;
}

/** @returns the index after the value that starts here */
function endOfValue(text: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) at = endOfString(text, at) - 1;
    else if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
    // One of numbers and words ends before what follows it.
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
