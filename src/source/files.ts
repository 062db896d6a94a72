import { createReadStream } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { decodeText } from './decode.ts';
import type { Problem } from './document.ts';
import { unlessTemplate } from './helm.ts';
import { MAX_BYTES } from './limits.ts';
import { type Disk, type Entry, EXTENSIONS, HIDDEN, type Kind, NO_MANIFESTS, walk } from './walk.ts';
import { failing, NO_SUCH_FILE, unreadable } from './why-not.ts';
import { type Reading, readDocuments, tooLarge } from './yaml.ts';

export { NO_SUCH_FILE };

/** What stands in for `node:fs/promises`. */
export type FileSystem = Partial<Disk>;

/** Standard input that holds nothing. */
export const NO_INPUT: AsyncIterable<string> = (async function* () {})();

/** What files held. */
export interface Sources extends Reading {
  /** What was read or could not be, in that order. */
  readonly files: readonly string[];
  /** Those that nobody named: a walk through a folder came upon them. */
  readonly found: ReadonlySet<string>;
  /** Files that a walk came upon, and that hold neither YAML nor JSON, nor look as if they were to hold a manifest. */
  readonly unrelated: number;
}

const DISK: Disk = { readFile, stat, readdir, realpath, readlink, open: path => createReadStream(path) };

export interface ReadOptions {
  /**
   * What a walk through a folder is for. Of `settings`, the default, hidden names are passed over, and all else has to be
   * right. `manifests` may lie anywhere, between whatever else there is.
   */
  readonly of?: 'settings' | 'manifests';
  readonly fs?: FileSystem;
}

interface Reader {
  readonly of: 'settings' | 'manifests';
  readonly fs: Disk;
}

/**
 * Reads files, folders (with theirs; `.yaml`, `.yml` and `.json`, by name) and `-`, standard input, in the order given.
 * What cannot be read is a Problem; the rest is still read.
 */
export async function readSources(
  paths: readonly string[],
  stdin: AsyncIterable<string | Uint8Array>,
  options: ReadOptions = {},
): Promise<Sources> {
  const all: Sources[] = [];
  for await (const one of eachSource(paths, stdin, options)) all.push(one);
  return joinSources(all);
}

/** One after the other, for who need not keep them all. */
export async function* eachSource(
  paths: readonly string[],
  stdin: AsyncIterable<string | Uint8Array>,
  { of = 'settings', fs = {} }: ReadOptions = {},
): AsyncGenerator<Sources> {
  const reader = { of, fs: { ...DISK, ...fs } };
  for (const path of paths) {
    if (path === '-') yield decode(await collect(stdin), '-');
    else yield* readPath(path, reader);
  }
}

export const joinSources = (list: readonly Sources[]): Sources => ({
  documents: list.flatMap(({ documents }) => documents),
  problems: list.flatMap(({ problems }) => problems),
  files: list.flatMap(({ files }) => files),
  found: new Set(list.flatMap(({ found }) => [...found])),
  unrelated: list.reduce((sum, { unrelated }) => sum + unrelated, 0),
});

async function* readPath(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  try {
    const kind = await fs.stat(path);
    if (!kind.isDirectory()) {
      yield decode(await bytesOf(path, kind, fs), path);
      return;
    }
  } catch (error) {
    yield failed(unreadable(path, error));
    return;
  }
  const { files, problems } = await walk(path, of === 'manifests' ? NO_MANIFESTS : HIDDEN, fs);
  for (const file of files) yield readFound(file, reader);
  if (problems.length > 0)
    yield { ...NOTHING, problems, files: problems.map(({ position }) => position.file) };
  if (files.length + problems.length > 0) return;
  const message = `no file ends in ${EXTENSIONS.join(', ')}`;
  yield failed(failing(path, message, 'Name a folder that holds such files.'));
}

/** A file of a folder: in a tree of manifests, what does not look like one need not be one. */
async function readFound({ path, shown }: Entry, { fs, of }: Reader): Promise<Sources> {
  const found = new Set([shown]);
  try {
    const bytes = await bytesOf(path, await fs.stat(path), fs);
    const read = decode(bytes, shown);
    if (of === 'settings' || read.problems.length === 0 || looksLikeManifest(bytes))
      return { ...read, found };
    return { ...NOTHING, documents: read.documents, files: [shown], found, unrelated: 1 };
  } catch (error) {
    return { ...failed(unreadable(shown, error)), found };
  }
}

/** Undefined where there are too many. */
async function bytesOf(path: string | Buffer, kind: Kind, fs: Disk): Promise<Uint8Array | undefined> {
  if (kind.isFile?.() === false) return collect(fs.open(path));
  return (kind.size ?? 0) > MAX_BYTES ? undefined : fs.readFile(path);
}

/** Undefined where there are too many: what writes them might never end. */
async function collect(stream: AsyncIterable<string | Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Both keys at the start of a line, in YAML or JSON. */
function looksLikeManifest(bytes: Uint8Array | undefined): boolean {
  if (!bytes) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .replaceAll('\0', '');
  return ['apiVersion', 'kind'].every(key =>
    new RegExp(`(?:^[\\s-]*|[{,]\\s*)["']?${key}["']?\\s*:`, 'm').test(text),
  );
}

function decode(bytes: Uint8Array | undefined, file: string): Sources {
  if (!bytes) return failed(tooLarge(file));
  try {
    const text = decodeText(bytes);
    return { ...NOTHING, ...unlessTemplate(text, file, readDocuments(text, file)), files: [file] };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return failed(failing(file, 'not UTF-8 text', 'Save the file as UTF-8.'));
  }
}

const NOTHING: Sources = { documents: [], problems: [], files: [], found: new Set(), unrelated: 0 };

const failed = (problem: Problem): Sources => ({
  ...NOTHING,
  problems: [problem],
  files: [problem.position.file],
});
