import type { Problem, Purpose } from '../document.ts';
import type { IsPassedOver } from '../yaml/pass-over.ts';
import type { Reading } from '../yaml/yaml.ts';
import type { Project } from './projects.ts';
import type { Disk } from './walk.ts';

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
  /** Links to folders that lie elsewhere, which a walk does not follow. */
  readonly linked: number;
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
  /** Patterns of the manifests that are left out, as .gitignore has them. */
  readonly exclude?: readonly string[];
  /** The manifests that are left out besides, and told as what a file of a folder leaves out. */
  readonly beside?: BesideExclude | undefined;
  /** Whether folders may leave out manifests by a file of theirs; default true. */
  readonly ignoreFiles?: boolean;
  /**
   * Whether each file that a walk comes upon was asked for, by what it is called, and has to be right. Default false: in a tree
   * of manifests, what does not look like one need not be one.
   */
  readonly everyFile?: boolean;
  /** The kinds of manifests that only need to be counted; by default, none. */
  readonly isPassedOver?: IsPassedOver;
  readonly fs?: Partial<Disk>;
}

/** Patterns of a file that is none of a folder's own. */
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
