import type { Node } from 'yaml';
import { MAX_ENTRIES } from '../limits.ts';
import type { Keys } from '../path.ts';
import { Exhausted } from '../refused.ts';

/** Offsets in a text of the entries of maps (their keys) and lists. */
export interface Offsets {
  /**
   * The offset of the entry at a path from the document's value, or of its nearest ancestor; undefined for the document itself.
   */
  offsetAt(value: unknown, path: Keys): number | undefined;
}

/** Places by the object that was made, four bytes for an entry: a file of 50 MB has some two million. */
export class Places implements Offsets {
  readonly #first = new Map<object, number>();
  #offsets = new Uint32Array(16);
  #length = 0;
  readonly #most: number;
  #counted = 0;

  /** @param most how many of the entries that the file may have are left */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many entries were counted. */
  get counted(): number {
    return this.#counted;
  }

  /**
   * Counts one more entry, before anything is made of it.
   * @throws Exhausted where that is one too many
   */
  count(at: Node | number): void {
    if (++this.#counted > this.#most) throw new Exhausted(at, MAX_ENTRIES, 'values');
  }

  /** Counts this many entries without keeping their places. */
  pass(entries: number): void {
    this.#counted += entries;
  }

  /** @param offsets of all entries of `holder`, in the order of its keys */
  add(holder: object, offsets: readonly number[]): void {
    this.#first.set(holder, this.#length);
    if (this.#length + offsets.length > this.#offsets.length) this.#grow(offsets.length);
    this.#offsets.set(offsets, this.#length);
    this.#length += offsets.length;
  }

  #grow(more: number): void {
    const grown = new Uint32Array(Math.max(this.#offsets.length * 2, this.#length + more));
    grown.set(this.#offsets);
    this.#offsets = grown;
  }

  /** Releases the memory that was reserved for more. */
  trim(): this {
    this.#offsets = this.#offsets.slice(0, this.#length);
    return this;
  }

  /** The place of the entry whose key is the `i`th. */
  nth(holder: object, i: number): number | undefined {
    const first = this.#first.get(holder);
    return first === undefined ? undefined : this.#offsets[first + i];
  }

  offsetAt(value: unknown, path: Keys): number | undefined {
    let offset: number | undefined;
    let current = value;
    for (const key of path) {
      const i = indexOf(current, key);
      const found = i === undefined ? undefined : this.nth(current as object, i);
      if (found === undefined) break;
      offset = found;
      current = (current as Readonly<Record<string, unknown>>)[key];
    }
    return offset;
  }
}

/** The index of the entry with a key in a map or list; undefined where there is none. */
export function indexOf(holder: unknown, key: string | number): number | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const i = Array.isArray(holder) ? Number(key) : Object.keys(holder).indexOf(String(key));
  return Number.isInteger(i) && i >= 0 && !(Array.isArray(holder) && i >= holder.length) ? i : undefined;
}
