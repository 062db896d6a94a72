import { relative, resolve } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The file with patterns of what to leave out in its folder. */
export const IGNORE_FILE = '.cofferdamignore';

/** Patterns of what to leave out. */
export interface Patterns {
  /** The folder that they are relative to. */
  readonly base: string;
  readonly patterns: Ignore;
  /** The file that they are from, as it is shown; left out where they were given otherwise. */
  readonly file?: string;
}

/** What to leave out of a tree, by patterns like those of `.gitignore`. */
export class Ignored {
  readonly #lists: readonly Patterns[];

  constructor(lists: readonly Patterns[] = []) {
    this.#lists = lists;
  }

  /**
   * @param patterns one in each line
   * @param file the file that they are from
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
