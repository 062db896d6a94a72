import { relative, resolve } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Patterns of what is left out, in a folder that they are for. */
export const IGNORE_FILE = '.cofferdamignore';

/** What somebody leaves out. */
export interface Patterns {
  /** The folder that they are relative to. */
  readonly base: string;
  readonly patterns: Ignore;
  /** What they were read from, as it is shown; left out where they were given. */
  readonly file?: string;
}

/** What of a tree is left out: patterns as `.gitignore` has them. */
export class Ignored {
  readonly #lists: readonly Patterns[];

  constructor(lists: readonly Patterns[] = []) {
    this.#lists = lists;
  }

  /**
   * @param patterns one a line
   * @param file that they come from
   */
  and(patterns: string | readonly string[], folder: string, file?: string): Ignored {
    const list = {
      base: resolve(folder),
      patterns: ignore().add(patterns),
      ...(file !== undefined && { file }),
    };
    return new Ignored([...this.#lists, list]);
  }

  /** The patterns that leave it out. */
  by(path: string, isFolder: boolean): Patterns | undefined {
    const full = resolve(path);
    return this.#lists.find(({ base, patterns }) => {
      const inside = relative(base, full);
      if (inside === '' || !ignore.isPathValid(inside)) return false;
      return patterns.ignores(isFolder ? `${inside}/` : inside);
    });
  }
}
