import type { Node } from 'yaml';
import type { Offsets } from './places.ts';
import { Refused } from './refused.ts';

/** What was written for entries that became something that looks different: `on`, which became true, or `0x10`. */
export type Written = ReadonlyMap<object, ReadonlyMap<string, string>>;

/** One document as plain data, with the way back to its text. */
export interface PlainDocument {
  readonly value: unknown;
  readonly offsets: Offsets;
  readonly written: Written;
}

/** An own property whatever its name: `__proto__` must not reach the prototype. */
export function define(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') into[key] = value;
  else Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}

export const setTwice = (at: Node | number, key: string): Refused =>
  new Refused(at, `the key ${key} is set twice`, 'Keep one; the other would be lost silently.');
