import { createReadStream } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { decodeText } from './decode.ts';
import type { Problem } from './document.ts';
import { IS_TEMPLATE, unlessTemplate } from './helm.ts';
import { IGNORE_FILE, Ignored } from './ignored.ts';
import { MAX_BYTES } from './limits.ts';
import {
  CHART_FILE,
  chartOf,
  KUSTOMIZATION_FILES,
  type Project,
  type Projects,
  projectsIn,
} from './projects.ts';
import {
  type Disk,
  type Entry,
  EXTENSIONS,
  HIDDEN,
  type Kind,
  NO_MANIFESTS,
  type WalkRules,
  walk,
} from './walk.ts';
import { failing, NO_SUCH_FILE, unreadable } from './why-not.ts';
import { type Reading, readDocuments, tooLarge } from './yaml.ts';

export { NO_SUCH_FILE, type Project };

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
  /** Files and folders that somebody left out. */
  readonly excluded: number;
  /** What a program has to make manifests of. */
  readonly projects: readonly Project[];
}

const DISK: Disk = { readFile, stat, readdir, realpath, readlink, open: path => createReadStream(path) };

export interface ReadOptions {
  /**
   * What a walk through a folder is for. Of `settings`, the default, hidden names are passed over, and all else has to be
   * right. `manifests` may lie anywhere, between whatever else there is.
   */
  readonly of?: 'settings' | 'manifests';
  /** Of manifests: patterns of what is left out, as .gitignore has them. */
  readonly exclude?: readonly string[];
  /** Of manifests: whether folders may leave something out by a file of theirs; default true. */
  readonly ignoreFiles?: boolean;
  readonly fs?: FileSystem;
}

interface Reader extends Required<Omit<ReadOptions, 'fs'>> {
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
  { of = 'settings', exclude = [], ignoreFiles = true, fs = {} }: ReadOptions = {},
): AsyncGenerator<Sources> {
  const reader = { of, exclude, ignoreFiles, fs: { ...DISK, ...fs } };
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
  excluded: list.reduce((sum, { excluded }) => sum + excluded, 0),
  projects: list.flatMap(({ projects }) => projects),
});

async function* readPath(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  const project = projectOf(path);
  try {
    const kind = await fs.stat(path);
    if (kind.isDirectory()) yield* readFolder(path, reader);
    else if (of === 'manifests' && project) yield { ...NOTHING, projects: [project] };
    else yield decode(await bytesOf(path, kind, fs), path);
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

async function* readFolder(path: string, reader: Reader): AsyncGenerator<Sources> {
  const { fs, of } = reader;
  const chart = of === 'manifests' ? await chartAround(path, fs) : undefined;
  if (chart) {
    yield { ...NOTHING, projects: [chart] };
    return;
  }
  const walked = await walk(path, await rulesFor(path, reader), fs);
  const { projects, parts, problems } = of === 'manifests' ? await projectsIn(walked, path, fs) : NO_PROJECTS;
  const files = walked.files.filter(({ shown }) => !parts.has(resolve(shown)));
  const templates: Problem[] = [];
  for (const file of files) {
    const read = await readFound(file, reader);
    if (of === 'manifests' && isTemplate(read)) templates.push(...read.problems);
    else yield read;
  }
  const all = [...walked.problems, ...problems, ...templatesIn(templates)];
  const { excluded } = walked;
  yield { ...NOTHING, problems: all, files: all.map(({ position }) => position.file), excluded, projects };
  if (files.length + all.length + projects.length + parts.size + excluded > 0) return;
  const message = `no file ends in ${EXTENSIONS.join(', ')}`;
  yield failed(failing(path, message, 'Name a folder that holds such files.'));
}

/** The chart whose templates a folder is part of. */
async function chartAround(path: string, fs: Disk): Promise<Project | undefined> {
  const folder = chartOf(path);
  if (folder === undefined) return undefined;
  const chart = await fs.stat(join(folder, CHART_FILE)).catch(() => undefined);
  return chart && { kind: 'chart', folder, name: basename(resolve(folder)), named: true };
}

/** Those of the folders above it, up to where the command runs, are in force in a folder too. */
async function rulesFor(path: string, { of, exclude, ignoreFiles, fs }: Reader): Promise<WalkRules> {
  if (of === 'settings')
    return { passOver: HIDDEN, ignored: new Ignored(), ignoreFiles: false, projects: false };
  let ignored = new Ignored().and(exclude, '.').and(exclude, path);
  const between = relative('.', path).split(sep);
  if (ignoreFiles && between[0] !== '' && between[0] !== '..') {
    for (let i = 0; i < between.length; i++) {
      const folder = join('.', ...between.slice(0, i));
      const text = await fs.readFile(join(folder, IGNORE_FILE)).catch(() => undefined);
      if (text) ignored = ignored.and(Buffer.from(text).toString(), folder);
    }
  }
  return { passOver: NO_MANIFESTS, ignored, ignoreFiles, projects: true };
}

const NO_PROJECTS: Projects = { projects: [], parts: new Set(), problems: [] };

const isTemplate = ({ problems }: Sources): boolean => problems[0]?.message === IS_TEMPLATE;

/** One warning for all: of whoever walks through a repository, nobody asked for them. */
function templatesIn(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems;
  if (!first) return [];
  const many = `${problems.length} files are templates (they hold {{ }}), not manifests: this is the first`;
  const message = problems.length === 1 ? 'a template (it holds {{ }}), not a manifest' : many;
  const fix = 'Review what is made of them, or leave them out with --exclude.';
  return [{ ...first, severity: 'warning', message, fix }];
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
    new RegExp(`(?:^[ \\t-]*|[{,]\\s*)["']?${key}["']?\\s*:`, 'm').test(text),
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

const NOTHING: Sources = {
  documents: [],
  problems: [],
  files: [],
  found: new Set(),
  unrelated: 0,
  excluded: 0,
  projects: [],
};

const failed = (problem: Problem): Sources => ({
  ...NOTHING,
  problems: [problem],
  files: [problem.position.file],
});
