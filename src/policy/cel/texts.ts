import { CelError } from './bind.ts';
import { refuseChance } from './chance.ts';

/*
Functions on texts as in cel-go's extension (ext/strings.go): positions count characters, where the library counts UTF-16 units,
and only ASCII letters have case.
*/

type Text = (text: string, ...args: readonly unknown[]) => unknown;

const HAS_PAIRS = /[\ud800-\udfff]/;

export function sizeOf(text: string): bigint {
  if (!HAS_PAIRS.test(text)) return BigInt(text.length);
  let size = 0;
  for (const _ of text) size++;
  return BigInt(size);
}

/** The UTF-16 position at which a character starts; undefined beyond the text's end. */
function unitOf(text: string, character: bigint): number | undefined {
  if (character < 0n || character > BigInt(text.length)) return undefined;
  if (!HAS_PAIRS.test(text)) return Number(character);
  let unit = 0;
  for (let left = Number(character); left > 0; left--) {
    if (unit >= text.length) return undefined;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

const characterOf = (text: string, unit: number): bigint =>
  unit < 0 ? BigInt(unit) : sizeOf(text.slice(0, unit));

const outOfRange = (at: bigint): CelError => new CelError(`index out of range: ${at}`);

/** The position of a part. Beyond the end nothing is found; an empty part is found at the end. */
function indexOf(text: string, part: string, from = 0n): bigint {
  if (from < 0n) throw outOfRange(from);
  const unit = unitOf(text, from);
  if (unit === undefined) return part === '' ? sizeOf(text) : -1n;
  return characterOf(text, text.indexOf(part, unit));
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  if (from === undefined) return characterOf(text, text.lastIndexOf(part));
  if (from < 0n) throw outOfRange(from);
  const unit = unitOf(text, from);
  if (part === '') return unit === undefined ? sizeOf(text) : from;
  return unit === undefined || unit === text.length ? -1n : characterOf(text, text.lastIndexOf(part, unit));
}

function substring(text: string, start: bigint, end?: bigint): string {
  const first = unitOf(text, start);
  const last = end === undefined ? text.length : unitOf(text, end);
  if (first === undefined) throw outOfRange(start);
  if (last === undefined || last < first) throw outOfRange(end ?? 0n);
  return text.slice(first, last);
}

/**
 * Splits as CEL does: without a separator, into characters; with a limit, into at most that many parts, the last of which is
 * the rest.
 */
function split(text: string, separator: string, most = -1n): readonly string[] {
  if (most === 0n) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (most < 0n || BigInt(parts.length) <= most) return parts;
  const whole = Number(most) - 1;
  return [...parts.slice(0, whole), parts.slice(whole).join(separator)];
}

export function join(list: readonly unknown[], separator = ''): string {
  if (list.some(item => typeof item !== 'string')) throw new CelError('join() is for texts');
  refuseChance(list);
  return list.join(separator);
}

/** Unicode's White_Space, as in unicode.IsSpace; JavaScript's trim() includes U+FEFF, and not U+0085. */
function isSpace(unit: number): boolean {
  if (unit < 0x1680) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0x85 || unit === 0xa0;
  if (unit < 0x2028) return unit === 0x1680 || (unit >= 0x2000 && unit <= 0x200a);
  return unit <= 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}

function trim(text: string): string {
  let [start, end] = [0, text.length];
  // Beyond either end is NaN, which is no space.
  while (isSpace(text.charCodeAt(start))) start++;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * Shifts the 26 letters from one on, and keeps everything else. It works on bytes, as every other character of a long text may
 * be such a letter.
 */
function shifted(text: string, from: number, by: number): string {
  const units = Buffer.from(text, 'utf16le');
  for (let i = 0; i < units.length; i += 2) {
    const unit = units[i] as number;
    if (units[i + 1] === 0 && unit >= from && unit < from + 26) units[i] = unit + by;
  }
  return units.toString('utf16le');
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isInt = (value: unknown): boolean => typeof value === 'bigint';

/** A method on texts; undefined for arguments of other types than these, the last of which may be missing. */
const method =
  <A extends readonly unknown[]>(
    run: (text: string, ...args: A) => unknown,
    ...takes: ((value: unknown) => boolean)[]
  ): Text =>
  (text, ...args) =>
    args.every((arg, i) => takes[i]?.(arg)) ? run(text, ...(args as unknown as A)) : undefined;

export const TEXT_METHODS: ReadonlyMap<string, Text> = new Map(
  Object.entries({
    contains: method((text, part: string) => text.includes(part), isText),
    startsWith: method((text, part: string) => text.startsWith(part), isText),
    endsWith: method((text, part: string) => text.endsWith(part), isText),
    indexOf: method(indexOf, isText, isInt),
    lastIndexOf: method(lastIndexOf, isText, isInt),
    substring: method(substring, isInt, isInt),
    split: method(split, isText, isInt),
    trim: method(trim),
    lowerAscii: method(text => shifted(text, 0x41, 32)),
    upperAscii: method(text => shifted(text, 0x61, -32)),
  }),
);
