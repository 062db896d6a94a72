import type { Dirent } from 'node:fs';
import { basename, join } from 'node:path';
import type { Problem } from '../document.ts';
import { IGNORE_FILE, type Ignored, type Patterns } from './ignored.ts';
import { CHART_FILE, CHART_FOLDERS, KUSTOMIZATION_FILES } from './project-files.ts';
import { failing, unreadable } from './why-not.ts';

/** The kind of file at a path. */
export interface Kind {
  isDirectory(): boolean;
  /** If this is left out, it is a file. */
  isFile?(): boolean;
  /** The size in bytes. */
  readonly size?: number;
}

/** The parts of `node:fs/promises` that are used. Names are bytes, as the name of a file may be invalid UTF-8. */
export interface Disk {
  readFile(path: string | Buffer): Promise<Uint8Array>;
  stat(path: string | Buffer): Promise<Kind>;
  /** Reads something without a size, such as a pipe. */
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
  /** The path for opening it. */
  readonly path: Buffer;
  /** The path for showing it: bytes that are invalid UTF-8 are spelt `\xff`. */
  readonly shown: string;
}

/** A folder that a program makes manifests from, and the file that says so. */
export interface Made {
  readonly folder: string;
  readonly file: Entry;
}

/** What a walk through a folder has found. */
export interface Walked {
  readonly files: readonly Entry[];
  readonly problems: readonly Problem[];
  /** How many files and folders were left out because somebody said so. */
  readonly excluded: number;
  /** How many links lead to folders elsewhere, and so are not followed. */
  readonly linked: number;
  readonly charts: readonly Made[];
  readonly kustomizations: readonly Made[];
}

export interface WalkRules {
  readonly passOver: PassOver;
  /** What to leave out. */
  readonly ignored: Ignored;
  /** Whether folders may leave out files themselves. */
  readonly ignoreFiles: boolean;
  /** Whether a chart and a kustomization stand for what their programs make of them. */
  readonly projects: boolean;
}

/** Says which names in a folder are skipped. */
export type PassOver = (name: string, isFolder: boolean) => boolean;

/** Skips what holds no manifests: git's own files and what npm installs. kubectl reads everything else, hidden or not. */
export const NO_MANIFESTS: PassOver = (name, isFolder) =>
  isFolder && (name === '.git' || name === 'node_modules');

/** Skips hidden settings: a ConfigMap's volume holds each file a second time, in `..data`. */
export const HIDDEN: PassOver = name => name.startsWith('.');

export const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * The files of a folder, and of those in it, whose names say that they may hold manifests, by name within each folder. A folder
 * that cannot be read only affects itself. A link to a folder is not followed, as it may lead back, and a file that a link
 * leads to is not read a second time if the walk reads it anyway.
 */
export async function walk(folder: string, rules: WalkRules, fs: Disk): Promise<Walked> {
  const root = Buffer.from(folder);
  const walker = new Walker(rules, fs, await realPath(root, fs));
  await walker.enter({ path: root, shown: folder }, rules.ignored);
  walker.tellIgnored();
  const { problems, excluded, linked, charts, kustomizations } = walker;
  return { files: await walker.withoutDoubles(root), problems, excluded, linked, charts, kustomizations };
}

class Walker {
  readonly problems: Problem[] = [];
  readonly charts: Made[] = [];
  readonly kustomizations: Made[] = [];
  excluded = 0;
  linked = 0;
  readonly #files: Entry[] = [];
  readonly #links: Set<Entry> = new Set();
  /** How many names each file with patterns has left out. */
  readonly #byFile = new Map<string, number>();
  readonly #rules: WalkRules;
  readonly #fs: Disk;
  /** The real path of the folder. */
  readonly #root: string;

  constructor(rules: WalkRules, fs: Disk, root: string) {
    this.#rules = rules;
    this.#fs = fs;
    this.#root = root;
  }

  async enter(folder: Entry, above: Ignored): Promise<void> {
    const entries = await this.#entriesOf(folder);
    // A folder may be named like such a file (Argo CD has one for the kind Kustomization).
    const files = entries.filter(entry => !entry.isDirectory());
    const names = new Set(files.map(({ name }) => name.toString()));
    const ignored = names.has(IGNORE_FILE) ? await this.#ignoredIn(folder, above) : above;
    const own = this.#rules.projects ? this.#projectFiles(folder, names) : [];
    for (const entry of entries) {
      const name = entry.name.toString();
      if (this.#rules.passOver(name, entry.isDirectory()) || own.includes(name)) continue;
      const at = below(folder, entry.name);
      const by = ignored.by(at.shown, entry.isDirectory());
      if (!by) await this.#look(at, entry, ignored);
      else if (entry.isDirectory() || isManifest(at)) this.#leaveOut(by);
    }
  }

  #leaveOut({ file }: Patterns): void {
    this.excluded++;
    if (file !== undefined) this.#byFile.set(file, (this.#byFile.get(file) ?? 0) + 1);
  }

  /** Reports what a file leaves out, as whoever asked for the folder may not know of it; what --exclude leaves out, they know. */
  tellIgnored(): void {
    for (const [file, count] of this.#byFile) {
      const message = `it leaves out ${count} ${count === 1 ? 'file or folder' : 'files and folders'}`;
      const flag = basename(file) === IGNORE_FILE ? '--no-ignore' : '--no-config';
      this.problems.push(warningOf(failing(file, message, `${flag} reads them, too.`)));
    }
  }

  async #entriesOf(folder: Entry): Promise<Dirent<Buffer>[]> {
    try {
      const entries = await this.#fs.readdir(folder.path, { withFileTypes: true, encoding: 'buffer' });
      return entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
    } catch (error) {
      this.problems.push(unreadable(folder.shown, error));
      return [];
    }
  }

  async #ignoredIn(folder: Entry, above: Ignored): Promise<Ignored> {
    if (!this.#rules.ignoreFiles) return above;
    const { path, shown } = below(folder, Buffer.from(IGNORE_FILE));
    try {
      const text = await readPatterns(path, this.#fs);
      if (text) return above.and(Buffer.from(text).toString(), folder.shown, shown);
      this.problems.push(
        failing(shown, 'a pipe, socket or device, expected a file', 'Make it a file, or use --no-ignore.'),
      );
      return above;
    } catch (error) {
      this.problems.push(unreadable(shown, error));
      return above;
    }
  }

  /**
   * Notes a chart and a kustomization.
   * @returns the names that are no manifests by themselves
   */
  #projectFiles(folder: Entry, names: ReadonlySet<string>): readonly string[] {
    const made = (name: string): Made => ({ folder: folder.shown, file: below(folder, Buffer.from(name)) });
    const isChart = names.has(CHART_FILE);
    if (isChart) this.charts.push(made(CHART_FILE));
    const kustomization = KUSTOMIZATION_FILES.find(name => names.has(name));
    if (kustomization) this.kustomizations.push(made(kustomization));
    return [...(isChart ? [CHART_FILE, ...CHART_FOLDERS] : []), ...(kustomization ? [kustomization] : [])];
  }

  async #look(at: Entry, entry: Dirent<Buffer>, ignored: Ignored): Promise<void> {
    if (entry.isDirectory()) return this.enter(at, ignored);
    if (entry.isSymbolicLink()) return this.#follow(at, entry.name.toString());
    if (!isManifest(at)) return;
    const odd = oddity(entry);
    if (odd) this.problems.push(warningOf(failing(at.shown, odd, 'Name it to have it read.')));
    else this.#files.push(at);
  }

  async #follow(link: Entry, name: string): Promise<void> {
    try {
      const kind = await this.#fs.stat(link.path);
      if (kind.isDirectory()) return await this.#countFolder(link, name);
      if (!isManifest(link)) return;
      // Reading it could wait for ever, as of a pipe that lies there itself.
      if (kind.isFile?.() === false) {
        const found = 'a link to a pipe, a socket or a device, expected one to a file';
        this.problems.push(warningOf(failing(link.shown, found, 'Name it to have it read.')));
        return;
      }
      this.#files.push(link);
      this.#links.add(link);
    } catch (error) {
      if (isManifest(link)) this.problems.push(await this.#dangling(link, error));
    }
  }

  /** Files in the folder that is walked are read under their own names. */
  async #countFolder(link: Entry, name: string): Promise<void> {
    if (this.#rules.passOver(name, true)) return;
    const real = await realPath(link.path, this.#fs);
    if (!`${real}/`.startsWith(`${this.#root}/`)) this.linked++;
  }

  async #dangling(link: Entry, error: unknown): Promise<Problem> {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return unreadable(link.shown, error);
    const target = await this.#fs.readlink(link.path);
    return failing(link.shown, `a link to ${target}, which is not there`, 'Mend the link, or remove it.');
  }

  /** The entries without links to files that are read under their own names. */
  async withoutDoubles(root: Buffer): Promise<readonly Entry[]> {
    if (this.#links.size === 0) return this.#files;
    const own = new Set(
      this.#files
        .filter(file => !this.#links.has(file))
        .map(({ path }) => join(this.#root, path.subarray(root.length).toString('latin1'))),
    );
    const kept: Entry[] = [];
    for (const file of this.#files)
      if (!this.#links.has(file) || !own.has(await realPath(file.path, this.#fs))) kept.push(file);
    return kept;
  }
}

/**
 * Reads a file of patterns.
 * @returns undefined where it is a pipe, a socket or a device, which may never end
 */
export async function readPatterns(path: string | Buffer, fs: Disk): Promise<Uint8Array | undefined> {
  const kind = await fs.stat(path);
  return kind.isDirectory() || kind.isFile?.() !== false ? fs.readFile(path) : undefined;
}

/** The path without links, one character for each byte; where it cannot be resolved, the path as it is. */
const realPath = async (path: Buffer, fs: Disk): Promise<string> =>
  (await fs.realpath(path, 'buffer').catch(() => path)).toString('latin1');

const warningOf = (problem: Problem): Problem => ({ ...problem, severity: 'warning', leftOut: true });

const isManifest = ({ shown }: Entry): boolean => EXTENSIONS.some(extension => shown.endsWith(extension));

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

/** What something is that is no file, though its name says so: reading it could wait for ever. */
function oddity(entry: Dirent<Buffer>): string | undefined {
  if (entry.isFIFO()) return 'a pipe, which a walk through a folder does not wait for';
  if (entry.isSocket()) return 'a socket, expected a file';
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'a device, expected a file' : undefined;
}
