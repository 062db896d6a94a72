import { relative, resolve } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Patterns of what is left out, in a folder that they are for. */
export const IGNORE_FILE = '.cofferdamignore';

interface List {
  /** The folder that its patterns are relative to. */
  readonly base: string;
  readonly patterns: Ignore;
}

/** What of a tree is left out: patterns as `.gitignore` has them. */
export class Ignored {
  readonly #lists: readonly List[];

  constructor(lists: readonly List[] = []) {
    this.#lists = lists;
  }

  /** @param patterns one a line */
  and(patterns: string | readonly string[], folder: string): Ignored {
    const list = { base: resolve(folder), patterns: ignore().add(patterns) };
    return new Ignored([...this.#lists, list]);
  }

  has(path: string, isFolder: boolean): boolean {
    const full = resolve(path);
    return this.#lists.some(({ base, patterns }) => {
      const inside = relative(base, full);
      if (inside === '' || !ignore.isPathValid(inside)) return false;
      return patterns.ignores(isFolder ? `${inside}/` : inside);
    });
  }
}
