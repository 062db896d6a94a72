import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from './document.ts';
import { unlessTemplate } from './helm.ts';
import { type Reading, readDocuments } from './yaml.ts';

/** What is used of `node:fs/promises`. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  stat(path: string): Promise<{ isDirectory(): boolean }>;
  readdir(path: string, options: { withFileTypes: true }): Promise<Dirent[]>;
}

/** Standard input that holds nothing. */
export const NO_INPUT: AsyncIterable<string> = (async function* () {})();

/** What files held. */
export interface Sources extends Reading {
  /** What was read or could not be, in that order. */
  readonly files: readonly string[];
}

const DISK: FileSystem = { readFile, stat, readdir };
const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * Reads files, folders (with theirs; `.yaml`, `.yml` and `.json`, by name) and `-`, standard input, in the order given.
 * What cannot be read is a Problem; the rest is still read.
 */
export async function readSources(
  paths: readonly string[],
  stdin: AsyncIterable<string | Uint8Array>,
  fs: FileSystem = DISK,
): Promise<Sources> {
  const readings = [];
  for (const path of paths) {
    readings.push(path === '-' ? decode(await collect(stdin), '-') : await readPath(path, fs));
  }
  return joinSources(readings);
}

export const joinSources = (list: readonly Sources[]): Sources => ({
  documents: list.flatMap(({ documents }) => documents),
  problems: list.flatMap(({ problems }) => problems),
  files: list.flatMap(({ files }) => files),
});

async function readPath(path: string, fs: FileSystem): Promise<Sources> {
  try {
    if (!(await fs.stat(path)).isDirectory()) return decode(await fs.readFile(path), path);
    const files = await filesIn(path, fs);
    if (files.length === 0) {
      return failed(path, `no file ends in ${EXTENSIONS.join(', ')}`, 'Name a folder that holds such files.');
    }
    const readings = [];
    for (const file of files) readings.push(await readPath(file, fs));
    return joinSources(readings);
  } catch (error) {
    return failed(path, whyNot(error), 'Check the path.');
  }
}

/**
 * Names that start with a dot are passed over: a ConfigMap's volume holds each file a second time in `..data`. A link
 * to a folder is not followed, as it may lead back.
 */
async function filesIn(folder: string, fs: FileSystem): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await filesIn(path, fs)));
    // Nor is a pipe waited for.
    else if (!entry.isFIFO() && EXTENSIONS.some(extension => entry.name.endsWith(extension)))
      found.push(path);
  }
  return found;
}

async function collect(stream: AsyncIterable<string | Uint8Array>): Promise<Uint8Array> {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, file: string): Sources {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ...unlessTemplate(text, file, readDocuments(text, file)), files: [file] };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return failed(file, 'not UTF-8 text', 'Save the file as UTF-8.');
  }
}

function failed(file: string, message: string, fix: string): Sources {
  const problem: Problem = { severity: 'error', position: { file }, path: '', message, fix };
  return { documents: [], problems: [problem], files: [file] };
}

/** Why a path cannot be read that leads nowhere. */
export const NO_SUCH_FILE = 'no such file or folder';
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: NO_SUCH_FILE,
  EACCES: 'permission denied',
};

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return REASONS[code] ?? `cannot be read: ${code}`;
}
