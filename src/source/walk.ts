import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from './document.ts';
import { failing, unreadable } from './why-not.ts';

/** What stands at a path. */
export interface Kind {
  isDirectory(): boolean;
  /** Where it is left out, it is one. */
  isFile?(): boolean;
  /** Bytes. */
  readonly size?: number;
}

/** What is used of `node:fs/promises`. Names are bytes: a file may have one that is no UTF-8. */
export interface Disk {
  readFile(path: string | Buffer): Promise<Uint8Array>;
  stat(path: string | Buffer): Promise<Kind>;
  /** Of what has no size, such as a pipe. */
  open(path: string | Buffer): AsyncIterable<Uint8Array>;
  readdir(
    path: string | Buffer,
    options: { withFileTypes: true; encoding: 'buffer' },
  ): Promise<Dirent<Buffer>[]>;
  realpath(path: string | Buffer, encoding: 'buffer'): Promise<Buffer>;
  readlink(path: string | Buffer): Promise<string>;
}

/** A file to read. */
export interface Entry {
  /** What opens it. */
  readonly path: Buffer;
  /** What is said of it: bytes of a name that are no UTF-8 are spelt `\xff`. */
  readonly shown: string;
}

/** What a walk through a folder came upon. */
export interface Walked {
  readonly files: readonly Entry[];
  readonly problems: readonly Problem[];
}

/** Which names of a folder are passed over. */
export type PassOver = (name: string, isFolder: boolean) => boolean;

/** Of manifests: what git keeps to itself, and what npm installs. kubectl reads all else, hidden or not. */
export const NO_MANIFESTS: PassOver = (name, isFolder) =>
  isFolder && (name === '.git' || name === 'node_modules');

/** Of settings: a ConfigMap's volume holds each file a second time, in `..data`. */
export const HIDDEN: PassOver = name => name.startsWith('.');

export const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * The files of a folder, and of those in it, whose names say that they may hold manifests; each folder's by name. A
 * folder that cannot be read loses itself alone. A link to a folder is not followed, as it may lead back, and one to a
 * file that the walk reads anyway is not read a second time.
 */
export async function walk(folder: string, passOver: PassOver, fs: Disk): Promise<Walked> {
  const walker = new Walker(passOver, fs);
  const root = Buffer.from(folder);
  await walker.enter({ path: root, shown: folder });
  return { files: await walker.withoutDoubles(root), problems: walker.problems };
}

class Walker {
  readonly problems: Problem[] = [];
  readonly #files: Entry[] = [];
  readonly #links: Set<Entry> = new Set();
  readonly #passOver: PassOver;
  readonly #fs: Disk;

  constructor(passOver: PassOver, fs: Disk) {
    this.#passOver = passOver;
    this.#fs = fs;
  }

  async enter(folder: Entry): Promise<void> {
    let entries: Dirent<Buffer>[];
    try {
      entries = await this.#fs.readdir(folder.path, { withFileTypes: true, encoding: 'buffer' });
    } catch (error) {
      this.problems.push(unreadable(folder.shown, error));
      return;
    }
    for (const entry of entries.toSorted((a, b) => Buffer.compare(a.name, b.name))) {
      if (this.#passOver(entry.name.toString(), entry.isDirectory())) continue;
      await this.#look(below(folder, entry.name), entry);
    }
  }

  async #look(at: Entry, entry: Dirent<Buffer>): Promise<void> {
    if (entry.isDirectory()) return this.enter(at);
    if (!EXTENSIONS.some(extension => at.shown.endsWith(extension))) return;
    if (entry.isSymbolicLink()) return this.#follow(at);
    const odd = oddity(entry);
    if (odd)
      this.problems.push({ ...failing(at.shown, odd, 'Name it to have it read.'), severity: 'warning' });
    else this.#files.push(at);
  }

  async #follow(link: Entry): Promise<void> {
    try {
      if ((await this.#fs.stat(link.path)).isDirectory()) return;
      this.#files.push(link);
      this.#links.add(link);
    } catch (error) {
      this.problems.push(await this.#dangling(link, error));
    }
  }

  async #dangling(link: Entry, error: unknown): Promise<Problem> {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return unreadable(link.shown, error);
    const target = await this.#fs.readlink(link.path);
    return failing(link.shown, `a link to ${target}, which is not there`, 'Mend the link, or remove it.');
  }

  /** Without the links to files that are read by their own names. */
  async withoutDoubles(root: Buffer): Promise<readonly Entry[]> {
    if (this.#links.size === 0) return this.#files;
    const real = async (path: Buffer): Promise<string> =>
      (await this.#fs.realpath(path, 'buffer').catch(() => path)).toString('latin1');
    const base = await real(root);
    const own = new Set(
      this.#files
        .filter(file => !this.#links.has(file))
        .map(({ path }) => join(base, path.subarray(root.length).toString('latin1'))),
    );
    const kept: Entry[] = [];
    for (const file of this.#files)
      if (!this.#links.has(file) || !own.has(await real(file.path))) kept.push(file);
    return kept;
  }
}

const below = (folder: Entry, name: Buffer): Entry => ({
  path: Buffer.concat([folder.path, Buffer.from('/'), name]),
  shown: join(folder.shown, spell(name)),
});

function spell(name: Buffer): string {
  const text = name.toString();
  if (Buffer.from(text).equals(name)) return text;
  return [...name]
    .map(byte => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
    .join('');
}

/** What is no file, though its name says so: reading it could wait for ever. */
function oddity(entry: Dirent<Buffer>): string | undefined {
  if (entry.isFIFO()) return 'a pipe, which a walk through a folder does not wait for';
  if (entry.isSocket()) return 'a socket, expected a file';
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'a device, expected a file' : undefined;
}
