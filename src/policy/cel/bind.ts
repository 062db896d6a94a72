import { MATCHING } from './pattern.ts';

/** Data that nests deeper than any Pod is refused, not walked. */
const MAX_DEPTH = 100;

/** Values that expressions are evaluated on, with the sizes that bound what evaluation can cost. */
export interface CelBindings {
  readonly values: ReadonlyMap<string, unknown>;
  /** How many entries the largest list or map has. */
  readonly maxItems: number;
  /** The length of the longest string or key. */
  readonly maxString: number;
  /** How many values there are in all: comparing two of them costs at most this. */
  readonly total: number;
  /** The steps that expressions may still take on these values; each expression takes what it could cost. */
  left: number;
  /** What expressions may still match, in characters times steps of patterns. */
  matching: number;
}

/**
 * The steps that all expressions on one Pod may take together. A step usually takes some 30 ns, which makes 8 ms of these; in
 * the worst case that `test/cel/speed.ts` knows it takes 750 ns, which makes 190 ms.
 */
export const BUDGET = 250_000;

/** A value that CEL does not have. */
export class CelError extends Error {}

interface Sizes {
  items: number;
  string: number;
  total: number;
}

/**
 * JSON as CEL sees it: whole numbers are ints (bigint), and objects are Maps. The library reads `value.constructor`, so a label
 * of that name would hide the other keys of a plain object.
 * @throws CelError
 */
export function bindCel(context: Readonly<Record<string, unknown>>): CelBindings {
  const sizes: Sizes = { items: 0, string: 0, total: 0 };
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(context))
    values.set(name, convert(value ?? null, sizes, MAX_DEPTH));
  return {
    values,
    maxItems: sizes.items,
    maxString: sizes.string,
    total: sizes.total,
    left: BUDGET,
    matching: MATCHING,
  };
}

function convert(value: unknown, sizes: Sizes, depth: number): unknown {
  sizes.total++;
  if (typeof value === 'number') return whole(value) ?? value;
  if (typeof value === 'string') {
    sizes.string = Math.max(sizes.string, value.length);
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) throw new CelError('the object is nested too deeply');
  if (Array.isArray(value)) {
    sizes.items = Math.max(sizes.items, value.length);
    return value.map(item => convert(item ?? null, sizes, depth - 1));
  }
  return convertObject(value, sizes, depth);
}

/** The largest int, for JSON that says 2⁶³: a double was read from it. */
const MAX_INT = 2n ** 63n - 1n;

/**
 * The whole number that a double stands for. Beyond 2⁵³ it is only near what was written: JSON is read as doubles, where an API
 * server reads all 64 bits.
 */
function whole(value: number): bigint | undefined {
  if (!Number.isInteger(value) || Math.abs(value) > 2 ** 63) return undefined;
  return value === 2 ** 63 ? MAX_INT : BigInt(value);
}

function convertObject(value: object, sizes: Sizes, depth: number): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    sizes.string = Math.max(sizes.string, key.length);
    if (item !== undefined) entries.set(key, convert(item, sizes, depth - 1));
  }
  sizes.items = Math.max(sizes.items, entries.size);
  return entries;
}
