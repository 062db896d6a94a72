import type { LineCursor } from './line-cursor.ts';
import { isNotFinite } from './scalar.ts';

/*
Values of YAML in their plainest forms, which are recognized, but not read. Whatever these functions accept is a value to the
parser, without a fault, and ends where they say; of the rest, nothing is claimed.
*/

/** What was recognized; its lines have been entered. */
export interface PlainValue {
  /** Whether further lines with more indentation belong to it. */
  readonly goesOn: boolean;
  /** The number of items, if it is a list. */
  readonly items: number;
}

const VALUE: PlainValue = { goesOn: false, items: 0 };
const TEXT: PlainValue = { goesOn: true, items: 0 };

const PLAIN_START = /[\w/$(.^~+=<;\\]|-(?=[^ \t\n])/y;
const BLOCK = /[|>][-+]?(?=\n|$)/y;
const [EMPTY, LIST, LIST_END, BETWEEN_ITEMS] = [/\{\}|\[\]/y, /\[/y, /\]/y, /, */y];
/** An item of a list in one line. */
export const FLOW_ITEM = /[A-Za-z0-9_/][\w./*-]*|"[^"\\\n]*"|'[^'\n]*'/y;
/** What may follow a backslash. */
const ESCAPED = /["\\/nrt \n]/y;
/** What may follow a value: nothing, or a comment. */
const NOTHING = / *(?:\n|$)| +#/y;
/** `-.inf` is the longest word for what is no number. */
const MOST_OF_NO_NUMBER = 5;
const STARTS_NO_NUMBER = '.+-';

const [TAB, LINE_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, HASH, APOSTROPHE, COLON, BACKSLASH] = [0x22, 0x23, 0x27, 0x3a, 0x5c];

/**
 * The value that starts at an offset of the line that was entered last.
 * @param column the column beyond which its further lines have to be indented
 */
export function plainValue(cursor: LineCursor, at: number, column: number): PlainValue | undefined {
  switch (cursor.text.charCodeAt(at)) {
    case 0x7c:
    case 0x3e:
      return cursor.matches(BLOCK, at) && isBlock(cursor, column) ? VALUE : undefined;
    case QUOTE:
      return isQuoted(cursor, at + 1, column, QUOTE) ? VALUE : undefined;
    case APOSTROPHE:
      return isQuoted(cursor, at + 1, column, APOSTROPHE) ? VALUE : undefined;
    case 0x5b:
    case 0x7b:
      return flow(cursor, at);
    default:
      return cursor.matches(PLAIN_START, at) && !isNoNumber(cursor, at) ? plainText(cursor, at) : undefined;
  }
}

/** The rest of the line as text without quotes, in which no key ends. It does not continue after a comment. */
export function plainText({ text, end }: LineCursor, from: number): PlainValue | undefined {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === TAB || code === RETURN) return undefined;
    if (code === COLON && (at + 1 === end || text.charCodeAt(at + 1) === SPACE)) return undefined;
    if (code === HASH && text.charCodeAt(at - 1) === SPACE) return VALUE;
  }
  return TEXT;
}

function isNoNumber({ text, end }: LineCursor, at: number): boolean {
  if (!STARTS_NO_NUMBER.includes(text.charAt(at))) return false;
  const [word = ''] = text.slice(at, Math.min(end, at + MOST_OF_NO_NUMBER + 1)).split(' ');
  return isNotFinite(word);
}

function flow(cursor: LineCursor, at: number): PlainValue | undefined {
  if (cursor.matches(EMPTY, at)) return cursor.matches(NOTHING, EMPTY.lastIndex) ? VALUE : undefined;
  if (!cursor.matches(LIST, at)) return undefined;
  // Items are matched one by one: a pattern for as many as a file may hold would remember more than its engine may.
  let next = LIST.lastIndex;
  for (let items = 1; cursor.matches(FLOW_ITEM, next); items++) {
    const end = FLOW_ITEM.lastIndex;
    if (cursor.matches(LIST_END, end)) {
      return cursor.matches(NOTHING, LIST_END.lastIndex) ? { goesOn: false, items } : undefined;
    }
    if (!cursor.matches(BETWEEN_ITEMS, end)) return undefined;
    next = BETWEEN_ITEMS.lastIndex;
  }
  return undefined;
}

/** Whether there is text that is indented as far as its first line, or further. */
function isBlock(cursor: LineCursor, column: number): boolean {
  const indent = indentOfBlock(cursor, column);
  if (indent === undefined) return false;
  for (;;) {
    const first = cursor.pastSpaces(cursor.next);
    const found = first - cursor.next;
    // A line between the two would belong to nothing.
    if (found < indent && !endsLine(cursor, first)) return found <= column;
    if (!cursor.enter()) return true;
    // A carriage return there belongs to the line break, and not to the text. Anywhere else, it is an error.
    if (cursor.text.charCodeAt(cursor.end - 1) === RETURN) return false;
  }
}

/** The indentation of its first line that is not empty; longer blank lines above it would be an error. */
function indentOfBlock(cursor: LineCursor, column: number): number | undefined {
  while (cursor.text.charCodeAt(cursor.next) === LINE_FEED) cursor.enter();
  const first = cursor.pastSpaces(cursor.next);
  const found = first - cursor.next;
  const isText = !endsLine(cursor, first) && cursor.text.charCodeAt(first) !== TAB;
  return isText && found > column ? found : undefined;
}

const endsLine = ({ text }: LineCursor, at: number): boolean =>
  at >= text.length || text.charCodeAt(at) === LINE_FEED;

/**
 * Whether quoted text ends where a line does.
 * @param from the offset after its first quote
 */
function isQuoted(cursor: LineCursor, from: number, column: number, quote: number): boolean {
  let at = endOfQuoted(cursor, from, quote);
  while (at === cursor.end) {
    if (!nextOfQuoted(cursor, column)) return false;
    at = endOfQuoted(cursor, cursor.line, quote);
  }
  return at !== undefined && cursor.matches(NOTHING, at + 1);
}

/** Where its last quote is, or where the line ends before one. */
function endOfQuoted(cursor: LineCursor, from: number, quote: number): number | undefined {
  const { text, end } = cursor;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === TAB || code === RETURN) return undefined;
    if (isPair(cursor, at, quote)) at++;
    else if (code === quote) return at;
    else if (code === BACKSLASH && quote === QUOTE) return undefined;
  }
  return end;
}

/** Whether two characters stand for one. */
function isPair(cursor: LineCursor, at: number, quote: number): boolean {
  const code = cursor.text.charCodeAt(at);
  if (quote === APOSTROPHE) return code === quote && cursor.text.charCodeAt(at + 1) === quote;
  return code === BACKSLASH && cursor.matches(ESCAPED, at + 1);
}

/** Enters the next line that is not empty, which has to be indented. */
function nextOfQuoted(cursor: LineCursor, column: number): boolean {
  while (cursor.enter()) {
    const first = cursor.pastSpaces();
    if (first < cursor.end) return first - cursor.line > column;
  }
  return false;
}
