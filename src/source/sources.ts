import type { Problem, Purpose } from './document.ts';
import type { Project } from './projects.ts';
import type { Disk } from './walk.ts';
import type { Reading } from './yaml.ts';

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

/** How files are read. */
export interface ReadOptions {
  /**
   * What a walk through a folder is for. Of `settings`, the default, hidden names are passed over, and all else has to be
   * right. `manifests` may lie anywhere, between whatever else there is.
   */
  readonly of?: Purpose;
  /** Of manifests: patterns of what is left out, as .gitignore has them. */
  readonly exclude?: readonly string[];
  /** Of manifests: whether folders may leave something out by a file of theirs; default true. */
  readonly ignoreFiles?: boolean;
  readonly fs?: Partial<Disk>;
}

export interface Reader extends Required<Omit<ReadOptions, 'fs'>> {
  readonly fs: Disk;
}

export const NOTHING: Sources = {
  documents: [],
  problems: [],
  files: [],
  found: new Set(),
  unrelated: 0,
  excluded: 0,
  projects: [],
};

export const failed = (problem: Problem): Sources => ({
  ...NOTHING,
  problems: [problem],
  files: [problem.position.file],
});

export const joinSources = (list: readonly Sources[]): Sources => ({
  documents: list.flatMap(({ documents }) => documents),
  problems: list.flatMap(({ problems }) => problems),
  files: list.flatMap(({ files }) => files),
  found: new Set(list.flatMap(({ found }) => [...found])),
  unrelated: list.reduce((sum, { unrelated }) => sum + unrelated, 0),
  excluded: list.reduce((sum, { excluded }) => sum + excluded, 0),
  projects: list.flatMap(({ projects }) => projects),
});
