import { resolve } from 'node:path';
import { realPath } from './real-path.ts';
import type { Sources } from './sources.ts';

/**
 * Keeps a file from being read twice where several paths lead to it, such as `deploy/*.yaml deploy/`: it would be two objects that
 * nothing tells apart. One that is named counts as named, even where a walk finds it before.
 */
export class Once {
  readonly #named: ReadonlyMap<string, number>;
  readonly #found = new Set<string>();

  /** @param paths files and folders as they were named */
  constructor(paths: readonly string[]) {
    // The first of several counts.
    this.#named = new Map(paths.map((path, i) => [real(path), i] as const).toReversed());
  }

  /** Whether an earlier path leads to the same file or folder. */
  isRepeated(path: string, index: number): boolean {
    return this.#named.get(real(path)) !== index;
  }

  /** Whether it is a file that was found in a folder, and that is named, or was found before. */
  isKnown({ files: [file], found }: Sources): boolean {
    if (file === undefined || !found.has(file)) return false;
    const path = real(file);
    if (this.#named.has(path) || this.#found.has(path)) return true;
    this.#found.add(path);
    return false;
  }
}

const real = (path: string): string => realPath(resolve(path));
