import { Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { CelError } from './bind.ts';
import { refuseChance } from './chance.ts';
import { nanosOf } from './times.ts';

/*
Values as cel-go compares them (common/types): values of different types are unequal, except for numbers. The library
distinguishes ints from uints in lists, compares texts by UTF-16 unit, and orders NaN.
*/

/** Ints, doubles and uints, as the library holds them. */
export type Numeric = bigint | number | UnsignedInt;

export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof UnsignedInt;

/** An int or a uint as a whole number. */
export const wholeOf = (value: bigint | UnsignedInt): bigint => value.valueOf() as bigint;

/**
 * -1, 0 or 1; NaN where one of them is NaN. A double and a whole number are compared as doubles, which is imprecise beyond 2⁵³.
 */
function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' || typeof b === 'number') {
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : sign(x, y);
  }
  return sign(wholeOf(a), wholeOf(b));
}

const sign = <T extends bigint | number>(a: T, b: T): number => (a < b ? -1 : Number(a > b));

/** Compares by character, which is also the order of the bytes in UTF-8. UTF-16 puts characters beyond U+FFFF before U+E000. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = startOfDifference(a, b, length); i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return sign(rank(x), rank(y));
  }
  return sign(a.length, b.length);
}

const LOOKED_THROUGH = 64;

/** A place shortly before the first difference of two texts: comparing long parts is faster than searching them. */
function startOfDifference(a: string, b: string, length: number): number {
  let [start, end] = [0, length];
  while (end - start > LOOKED_THROUGH) {
    const middle = (start + end) >> 1;
    if (a.slice(start, middle) === b.slice(start, middle)) start = middle;
    else end = middle;
  }
  return start;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/** Whether two values are equal. Throws only for lists whose order is left to chance. */
export function equals(a: unknown, b: unknown): boolean {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b) === 0;
  if (typeof a !== 'object') return a === b;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (a instanceof Map) return b instanceof Map && equalMaps(a, b);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  // What is left is null, or a type, of each of which there is one object.
  return a === b || order(a, b) === 0;
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  refuseChance(a);
  refuseChance(b);
  return a.every((item, i) => equals(item, b[i]));
}

const equalMaps = (a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => equals(value, valueAt(b, key)));

const equalOptionals = (a: Optional, b: Optional): boolean =>
  a.hasValue() && b.hasValue() ? equals(a.value(), b.value()) : a.hasValue() === b.hasValue();

/** The value at a key; undefined where there is none. 1, 1u and 1.0 are the same key. */
export function valueAt(map: ReadonlyMap<unknown, unknown>, key: unknown): unknown {
  if (!isNumeric(key)) return map.get(key);
  for (const [other, value] of map) {
    // In JSON, no key is a number.
    if (!isNumeric(other)) return undefined;
    if (compareNumbers(key, other) === 0) return value;
  }
  return undefined;
}

/** Whether a list holds a value, or a map a key. */
export function isIn(item: unknown, of: unknown): boolean {
  if (Array.isArray(of)) return of.some(other => equals(item, other));
  if (of instanceof Map) return valueAt(of, item) !== undefined;
  throw noOverload('in', item, of);
}

/** -1, 0 or 1; undefined where the two have no order. @throws CelError for NaN */
export function order(a: unknown, b: unknown): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Date && b instanceof Date) return sign(nanosOf(a), nanosOf(b));
  if (a instanceof Duration && b instanceof Duration) return sign(nanosOf(a), nanosOf(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return undefined;
}

/** Makes an operator `<`, `<=`, `>` or `>=` from the orders that it accepts. */
export const ordered =
  (operator: string, holds: (order: number) => boolean) =>
  (a: unknown, b: unknown): boolean => {
    const found = order(a, b);
    if (found === undefined) throw noOverload(operator, a, b);
    if (Number.isNaN(found)) throw new CelError('NaN has no order');
    return holds(found);
  };

export const noOverload = (name: string, ...values: readonly unknown[]): CelError =>
  new CelError(`no such overload: ${name} of ${values.map(typeName).join(' and ')}`);

const NAMES: Readonly<Record<string, string>> = { bigint: 'int', number: 'double', boolean: 'bool' };

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return NAMES[typeof value] ?? typeof value;
  if (Array.isArray(value)) return 'list';
  if (value instanceof UnsignedInt) return 'uint';
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Uint8Array) return 'bytes';
  return value.constructor.name.toLowerCase();
}
