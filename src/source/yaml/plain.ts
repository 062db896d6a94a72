import type { Offsets } from './places.ts';
import type { Repeats } from './repeats.ts';

/** What was written for values that look different now: `on`, which became true, or `0x10`. */
export type Written = ReadonlyMap<object, ReadonlyMap<string, string>>;

export const NOTHING_WRITTEN: Written = new Map();

/** One document as plain data, which knows its places in the text. */
export interface PlainDocument {
  readonly value: unknown;
  readonly offsets: Offsets;
  readonly written: Written;
  readonly repeats: Repeats;
  /** The first offset at which a merge key overwrites a key that is written above it; undefined where none does. */
  readonly mergesOver?: number;
}

/** An own property whatever its name: `__proto__` must not reach the prototype. */
export function define(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}
