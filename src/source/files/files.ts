import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { readFolder } from './folder.ts';
import { Once } from './once.ts';
import { pipedFrom } from './piped-chart.ts';
import { CHART_FILE, KUSTOMIZATION_FILES } from './project-files.ts';
import type { Project } from './projects.ts';
import { bytesOf, collect, decode } from './read-file.ts';
import { failed, joinSources, NOTHING, type Reader, type ReadOptions, type Sources } from './sources.ts';
import type { Disk } from './walk.ts';
import { NO_SUCH_FILE, unreadable } from './why-not.ts';

export { joinSources, NO_SUCH_FILE, NOTHING, type Sources };

/** Replaces parts of `node:fs/promises`. */
export type FileSystem = Partial<Disk>;

/** Standard input without content. */
export const NO_INPUT: AsyncIterable<string> = (async function* () {})();

/** Waits for the disk without blocking anything else. */
const DISK: Disk = { readFile, stat, readdir, realpath, readlink, open: path => createReadStream(path) };

/**
 * For a caller that reads thousands of files and does nothing else: handing each file to another thread, four times, takes
 * longer than reading it.
 */
const DISK_AT_ONCE: Disk = {
  ...DISK,
  readFile: async path => readFileSync(path),
  stat: async path => statSync(path),
  readdir: async (path, options) => readdirSync(path, options),
};

/**
 * Reads files, folders (with those in them; `.yaml`, `.yml` and `.json`, by name) and `-`, standard input, in the given order.
 * Whatever cannot be read is a Problem, and the rest is still read.
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

/** Reads one file after the other, for callers that need not keep them all. */
export async function* eachSource(
  paths: readonly string[],
  stdin: AsyncIterable<string | Uint8Array>,
  {
    of = 'settings',
    exclude = [],
    beside,
    ignoreFiles = true,
    everyFile = false,
    isPassedOver = NONE,
    fs = {},
  }: ReadOptions = {},
): AsyncGenerator<Sources> {
  const reader = {
    of,
    exclude,
    beside,
    ignoreFiles,
    everyFile,
    isPassedOver,
    fs: { ...(of === 'manifests' ? DISK_AT_ONCE : DISK), ...fs },
  };
  // Nothing is found twice in one folder, and settings say themselves what is defined twice.
  const once = of === 'manifests' && paths.length > 1 ? new Once(paths) : undefined;
  for (const [i, path] of paths.entries()) {
    if (path === '-') yield await readInput(stdin, reader);
    else if (!once?.isRepeated(path, i)) yield* readOnce(path, reader, once);
  }
}

const NONE = (): boolean => false;

async function* readOnce(path: string, reader: Reader, once: Once | undefined): AsyncGenerator<Sources> {
  for await (const one of readPath(path, reader)) if (!once?.isKnown(one)) yield one;
}

/** Reads standard input, with the files of the chart that `helm template` made it from. */
async function readInput(stdin: AsyncIterable<string | Uint8Array>, reader: Reader): Promise<Sources> {
  const bytes = await collect(stdin);
  const templates = bytes && reader.of === 'manifests' ? await pipedFrom(bytes, reader.fs) : undefined;
  return decode(bytes, '-', { ...reader, templates });
}

async function* readPath(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  const project = projectOf(path);
  try {
    const kind = await fs.stat(path);
    if (kind.isDirectory()) yield* readFolder(path, reader);
    else if (of === 'manifests' && project) yield { ...NOTHING, projects: [project] };
    else yield decode(await bytesOf(path, kind, fs), path, reader);
  } catch (error) {
    yield failed(unreadable(path, error));
  }
}

/** The project that a file stands for, if somebody names it. */
function projectOf(file: string): Project | undefined {
  const folder = dirname(file);
  const project = { folder, name: basename(resolve(folder)), named: true };
  if (KUSTOMIZATION_FILES.includes(basename(file))) return { ...project, kind: 'kustomization' };
  return basename(file) === CHART_FILE ? { ...project, kind: 'chart' } : undefined;
}
