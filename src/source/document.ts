import type { Keys } from './path.ts';

/** A place in a source, which a message points at. */
export interface Position {
  /** A file's path as the user gave it, `-` for standard input, or `kind/namespace/name` for an object of a cluster. */
  readonly file: string;
  /** 1-based; absent for an object of a cluster. */
  readonly line?: number;
  /** 1-based; it orders the problems of one line. */
  readonly column?: number;
  /** The place in the manifests that a program made from a file. Which line of the file they were made from is not known. */
  readonly rendered?: Position;
}

/** The place in what was read. */
export const placeRead = (position: Position): Position => position.rendered ?? position;

/** `web.yaml:12`; without a line where there is none. */
export const placeText = ({ file, line }: Position): string =>
  line === undefined ? file : `${file}:${line}`;

/** What files are read for: to be in force, or to be judged as kubectl would send them. */
export type Purpose = 'settings' | 'manifests';

/** One YAML or JSON document, parsed, which knows its lines. */
export interface SourceDocument {
  readonly value: unknown;
  /** Where the document starts (its first key, not the `---` above it). */
  readonly position: Position;
  /** The position of the node at a path of keys and indices, or of its nearest ancestor that exists. */
  positionOf(path: Keys): Position;
  /** Set on an object of a cluster; left out where nothing has checked it yet. */
  readonly standing?: Standing;
  /** What the author wrote for a boolean or number that looks different once it is read: `on`, `0x10`. */
  writtenAt?(path: Keys): string | undefined;
  /** A warning for each key of its document that is set twice; items of one list have one function. */
  readonly repeats?: () => readonly Problem[];
  /** Where a merge key overwrites a key that is written above it. In YAML 1.1 that key stays; with kubectl, it is overwritten. */
  readonly mergesOver?: Position;
}

/**
 * What an object has passed before, so that an upgrade that tightens takes nothing out of force. `stored`: an API server
 * accepted it, by the limits of that time. `accepted`: it was also in force as it is written now.
 */
export type Standing = 'stored' | 'accepted';

/** A line of a text, and the column in it that is meant, from 1. */
export interface Excerpt {
  readonly line: string;
  readonly column: number;
}

/** Something wrong with an input, reported once: where it is, what was found, what was expected, and the fix. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly position: Position;
  /** `Kind/name` where it is known. */
  readonly object?: string;
  /** The field path, such as `spec.tiers[0].isolation`; empty for the document as a whole. */
  readonly path: string;
  /** What was found and what was expected, as one sentence without a full stop. */
  readonly message: string;
  /** What to do, as one sentence. */
  readonly fix?: string;
  /** The text that it is about, where that is a part of a value. */
  readonly excerpt?: Excerpt;
  /** Set on a warning that something which could hold or belong to a workload was not read, or does not count. */
  readonly leftOut?: true;
  /** The other places, where one problem is reported for many. */
  readonly also?: readonly Position[];
}
