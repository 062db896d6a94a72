import type { Keys } from '../path.ts';
import { indexOf, type Offsets } from './places.ts';

/** Marks an entry that holds no others. */
const LEAF = 0xffffffff;

/**
 * The places of a document that is a tree: for each entry of a map or list its offset, and where its own entries are kept. It
 * takes eight bytes for an entry, and nothing for a map or list.
 */
export class PlaceTree implements Offsets {
  readonly #words: Uint32Array;
  readonly #root: number;

  constructor(words: readonly number[], root: number) {
    this.#words = Uint32Array.from(words);
    this.#root = root;
  }

  offsetAt(value: unknown, path: Keys): number | undefined {
    let offset: number | undefined;
    let at = this.#root;
    let current = value;
    for (const key of path) {
      const i = at === LEAF ? undefined : indexOf(current, key);
      if (i === undefined) break;
      offset = this.#words[at + 2 * i];
      at = this.#words[at + 2 * i + 1] ?? LEAF;
      current = (current as Readonly<Record<string, unknown>>)[key];
    }
    return offset;
  }
}

/** The entries of a map or list, one after the other as they come. */
export class Branch {
  readonly words: number[] = [];

  add(offset: number): void {
    this.words.push(offset, LEAF);
  }

  /** @param at where the entries of the last one are kept */
  hold(at: number): void {
    this.words[this.words.length - 1] = at;
  }
}

/** Makes a tree, from its leaves to its root. */
export class PlaceTreeMaker {
  readonly #words: number[] = [];

  /** @returns where it is in the tree */
  add({ words }: Branch): number {
    const at = this.#words.length;
    for (const word of words) this.#words.push(word);
    return at;
  }

  /** @param root the result of `add` for the document itself */
  made(root: number): PlaceTree {
    return new PlaceTree(this.#words, root);
  }
}
