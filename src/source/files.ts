import { createReadStream } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { readFolder } from './folder.ts';
import { CHART_FILE, KUSTOMIZATION_FILES, type Project } from './projects.ts';
import { bytesOf, collect, decode } from './read-file.ts';
import { failed, joinSources, NOTHING, type Reader, type ReadOptions, type Sources } from './sources.ts';
import type { Disk } from './walk.ts';
import { NO_SUCH_FILE, unreadable } from './why-not.ts';

export { joinSources, NO_SUCH_FILE, NOTHING, type Sources };

/** What stands in for `node:fs/promises`. */
export type FileSystem = Partial<Disk>;

/** Standard input that holds nothing. */
export const NO_INPUT: AsyncIterable<string> = (async function* () {})();

const DISK: Disk = { readFile, stat, readdir, realpath, readlink, open: path => createReadStream(path) };

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
  { of = 'settings', exclude = [], ignoreFiles = true, fs = {} }: ReadOptions = {},
): AsyncGenerator<Sources> {
  const reader = { of, exclude, ignoreFiles, fs: { ...DISK, ...fs } };
  for (const path of paths) {
    if (path === '-') yield decode(await collect(stdin), '-', of);
    else yield* readPath(path, reader);
  }
}

async function* readPath(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  const project = projectOf(path);
  try {
    const kind = await fs.stat(path);
    if (kind.isDirectory()) yield* readFolder(path, reader);
    else if (of === 'manifests' && project) yield { ...NOTHING, projects: [project] };
    else yield decode(await bytesOf(path, kind, fs), path, of);
  } catch (error) {
    yield failed(unreadable(path, error));
  }
}

/** The project that a file is all of, in the eyes of who names it. */
function projectOf(file: string): Project | undefined {
  const folder = dirname(file);
  const project = { folder, name: basename(resolve(folder)), named: true };
  if (KUSTOMIZATION_FILES.includes(basename(file))) return { ...project, kind: 'kustomization' };
  return basename(file) === CHART_FILE ? { ...project, kind: 'chart' } : undefined;
}
