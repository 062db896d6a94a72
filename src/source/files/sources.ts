import type { Problem, Purpose } from '../document.ts';
import type { IsPassedOver } from '../yaml/pass-over.ts';
import type { Reading } from '../yaml/yaml.ts';
import type { Project } from './projects.ts';
import type { Disk } from './walk.ts';

/** The content of files. */
export interface Sources extends Reading {
  /** The files that were read or could not be, in that order. */
  readonly files: readonly string[];
  /** The files that nobody named: they were found in a folder. */
  readonly found: ReadonlySet<string>;
  /** How many files were found that hold neither YAML nor JSON, and do not look as if they should hold a manifest. */
  readonly unrelated: number;
  /** How many files and folders were excluded. */
  readonly excluded: number;
  /** How many links lead to folders elsewhere, which are not followed. */
  readonly linked: number;
  /** Projects that a program has to make manifests from. */
  readonly projects: readonly Project[];
}

/** How files are read. */
export interface ReadOptions {
  /**
   * What a folder is read for. With `settings`, the default, hidden names are skipped, and everything else has to be right.
   * `manifests` may be anywhere, among whatever else there is.
   */
  readonly of?: Purpose;
  /** Patterns of the manifests to leave out, like those of .gitignore. */
  readonly exclude?: readonly string[];
  /** Further manifests to leave out, which are reported like those that a file in a folder leaves out. */
  readonly beside?: BesideExclude | undefined;
  /** Whether folders may leave out manifests by a file in them; default true. */
  readonly ignoreFiles?: boolean;
  /**
   * Whether each file in a folder was asked for by its name, and has to be right. By default it is not: within a tree of
   * manifests, a file that does not look like one need not be one.
   */
  readonly everyFile?: boolean;
  /** The kinds of manifests that are only counted; by default, none. */
  readonly isPassedOver?: IsPassedOver;
  readonly fs?: Partial<Disk>;
}

/** Patterns of a file that does not belong to a folder. */
export interface BesideExclude {
  readonly patterns: readonly string[];
  /** The folder that they are relative to. */
  readonly folder: string;
  /** The file that has them, as messages name it. */
  readonly file: string;
}

export interface Reader extends Required<Omit<ReadOptions, 'fs' | 'beside'>> {
  readonly beside: BesideExclude | undefined;
  readonly fs: Disk;
}

export const NOTHING: Sources = {
  documents: [],
  problems: [],
  files: [],
  found: new Set(),
  unrelated: 0,
  excluded: 0,
  linked: 0,
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
  linked: list.reduce((sum, { linked }) => sum + linked, 0),
  projects: list.flatMap(({ projects }) => projects),
});
