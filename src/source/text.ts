/**
 * Control, format and line-breaking characters. Names and values come from the author of a manifest: these characters could
 * move the cursor, forge a line of a log or reverse text (CWE-117, CWE-150; "Trojan Source", CVE-2021-42574).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Most text is like this, and need not be searched. */
const PLAIN = /^[ -~]*$/;

/** The first half of a surrogate pair whose second half was cut off, which is no character. */
const HALF = /[\ud800-\udbff]$/;

/** The text with unsafe characters spelt out (`\u001b`), shortened to `limit` characters. */
export function clean(text: string, limit = 200): string {
  // At most this much of a longer text is shown.
  const start = text.length > limit ? text.slice(0, limit + 1) : text;
  const safe = PLAIN.test(start) ? start : start.replace(UNSAFE, spell);
  return shorten(safe, limit);
}

/** The text, or the part of it that fits into `limit` characters with an ellipsis; a character is never split. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(HALF, '')}…`;

/** JSON of a value, which may go to a terminal, so everything that could control one is escaped. */
export const jsonText = (value: unknown, indent?: number): string =>
  safeJson(JSON.stringify(value, null, indent));

/** JSON in which everything that could control a terminal is escaped; such characters only occur in strings. */
export const safeJson = (text: string): string => (hasUnsafe(text) ? replaceUnsafe(text, inJson) : text);

/** Spells a character as JSON does; one beyond 16 bits is spelt in halves. */
const inJson = (character: string): string => character.split('').map(spell).join('');

/** Whether text of several lines has unsafe characters. */
export const hasUnsafe = (text: string): boolean =>
  !PLAIN_LINES.test(text) && text.search(UNSAFE_IN_LINES) >= 0;

/** Replaces each unsafe character in text of several lines. */
export const replaceUnsafe = (text: string, spelt: (character: string) => string): string =>
  text.replace(UNSAFE_IN_LINES, spelt);

const PLAIN_LINES = /^[\n -~]*$/;
const UNSAFE_IN_LINES = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]--\n]/gv;

const spell = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** `"name"`, in quotes and cleaned. */
export const quote = (text: string): string => `"${clean(text)}"`;

/** `1 finding`, `2 findings`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

/** A phrase as a sentence, with a capital letter and a full stop. A phrase that people wrote may end with a Chinese one. */
export const sentence = (phrase: string): string =>
  `${capitalized(phrase)}${/[.!?。！？]$/.test(phrase) ? '' : '.'}`;

/** The text with a capital at its start. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The first three items, and how many more there are. */
export function someOf(items: readonly string[], limit = 3): string {
  if (items.length <= limit) return list(items);
  return `${items.slice(0, limit).join(', ')} and ${items.length - limit} more`;
}
