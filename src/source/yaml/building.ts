import type { LineCursor } from './line-cursor.ts';
import { Branch, PlaceTreeMaker } from './place-tree.ts';
import { define, NOTHING_WRITTEN, type PlainDocument } from './plain.ts';
import { type PlainRead, readPlain } from './plain-read.ts';

/** Plain data that was read without a syntax tree. */
export type Built = Omit<PlainDocument, 'repeats'>;

/** A map or list that is still open. */
interface Holder {
  readonly value: Record<string, unknown> | unknown[];
  readonly places: Branch;
  /** The last key of a map, whose value has not come yet. */
  key: string | undefined;
}

/**
 * Plain data of a document, built while its lines are read: the same that `convert.ts` would make from its tree. Each step
 * returns whether it could be taken.
 */
export class Building {
  readonly #places = new PlaceTreeMaker();
  readonly #written = new Map<object, Map<string, string>>();
  readonly #open: Holder[] = [];
  /** True while the last item of a list has no value yet. */
  #awaitsItem = false;

  /** A map or list that starts at an offset: the document itself, or the value of the last entry. */
  open(isList: boolean, at: number): boolean {
    const value = isList ? [] : {};
    const isTaken = this.#open.length === 0 || this.#put(value, at);
    this.#open.push({ value, places: new Branch(), key: undefined });
    return isTaken;
  }

  /** @returns where its places are kept */
  close(): number {
    const holder = this.#open.pop() as Holder;
    if (holder.key !== undefined) define(holder.value as Record<string, unknown>, holder.key, null);
    return this.#hold(holder.places);
  }

  /** Adds the next key to the map that was opened last. Keys that are numbers would not keep their order in an object. */
  key(key: string, at: number): boolean {
    const holder = this.#open.at(-1);
    if (!holder || Array.isArray(holder.value)) return false;
    if (holder.key !== undefined) define(holder.value, holder.key, null);
    holder.key = key;
    holder.places.add(at);
    return !STARTS_WITH_DIGIT.test(key);
  }

  /** Adds the next item to the list that was opened last. The place of an empty item is left to the tree. */
  item(): boolean {
    const isTaken = !this.#awaitsItem;
    this.#awaitsItem = true;
    return isTaken;
  }

  /** Adds the value of the last entry, which was recognized at an offset; the cursor is in its last line. */
  value(cursor: LineCursor, at: number): boolean {
    const read = readPlain(cursor, at);
    if (!read || !this.#put(read.value, at, read.written)) return false;
    if (Array.isArray(read.value)) this.#keepItems(read.value, read.items ?? []);
    return true;
  }

  /** @returns undefined where the last item has no value */
  finish(): Built | undefined {
    const value = this.#open[0]?.value;
    let root = 0;
    while (this.#open.length > 0) root = this.close();
    if (this.#awaitsItem) return undefined;
    const written = this.#written.size > 0 ? this.#written : NOTHING_WRITTEN;
    return { value, offsets: this.#places.made(root), written };
  }

  /** Keeps the places of the items of a list in one line, and what was written for them. */
  #keepItems(list: unknown[], items: NonNullable<PlainRead['items']>): void {
    const places = new Branch();
    for (const [i, { at, written }] of items.entries()) {
      places.add(at);
      this.#keepWritten(list, String(i), written);
    }
    this.#hold(places);
  }

  /** Keeps the places within the last entry of the map or list that was opened last. */
  #hold(branch: Branch): number {
    const at = this.#places.add(branch);
    this.#open.at(-1)?.places.hold(at);
    return at;
  }

  #put(value: unknown, at: number, written?: string): boolean {
    const holder = this.#open.at(-1);
    if (!holder) return false;
    const { value: into, key } = holder;
    if (Array.isArray(into)) {
      if (!this.#awaitsItem) return false;
      this.#awaitsItem = false;
      this.#keepWritten(into, String(into.length), written);
      into.push(value);
      holder.places.add(at);
      return true;
    }
    if (key === undefined) return false;
    this.#keepWritten(into, key, written);
    define(into, key, value);
    holder.key = undefined;
    return true;
  }

  #keepWritten(holder: object, key: string, written: string | undefined): void {
    if (written === undefined) return;
    const texts = this.#written.get(holder) ?? new Map<string, string>();
    this.#written.set(holder, texts.set(key, written));
  }
}

const STARTS_WITH_DIGIT = /^\d/;
