import type { Keys } from './path.ts';

/** A place in a source: what an error message points at. */
export interface Position {
  /** A file's path as the user gave it, `-` for standard input, or `kind/namespace/name` for an object of a cluster. */
  readonly file: string;
  /** 1-based; absent for an object of a cluster. */
  readonly line?: number;
  /** 1-based; what problems of one line are ordered by. */
  readonly column?: number;
  /** Where this stands in the manifests that a program made of a file. Which line of the file it was made of nobody knows. */
  readonly rendered?: Position;
}

/** Where it stands in what was read. */
export const placeRead = (position: Position): Position => position.rendered ?? position;

/** `web.yaml:12`; without a line where there is none. */
export const placeText = ({ file, line }: Position): string =>
  line === undefined ? file : `${file}:${line}`;

/** What files are read for: to be in force themselves, or to be judged as kubectl would send them. */
export type Purpose = 'settings' | 'manifests';

/** One YAML or JSON document, parsed, with the way back to its lines. */
export interface SourceDocument {
  readonly value: unknown;
  /** Where the document starts (its first key, not the `---` above it). */
  readonly position: Position;
  /** Position of the node at a path of keys and indices, or of its nearest ancestor that exists. */
  positionOf(path: Keys): Position;
  /** Set on an object of a cluster. Left out: nobody has looked at it yet. */
  readonly standing?: Standing;
  /** What the author wrote for a boolean or number that looks different once it is read: `on`, `0x10`. */
  writtenAt?(path: Keys): string | undefined;
  /** A warning for each key of its document that is set twice; items of one list have one function. */
  readonly repeats?: () => readonly Problem[];
  /** Where a merge key overwrites a key that is written above it. By YAML 1.1 that key stays; kubectl has it overwritten. */
  readonly mergesOver?: Position;
}

/**
 * What was looked at before: so that an upgrade which tightens takes nothing out of force. `stored`: an API server took
 * it, by the limits of then. `accepted`: besides, it was in force as it is written now.
 */
export type Standing = 'stored' | 'accepted';

/** A line of a text, and the column in it that is meant, from 1. */
export interface Excerpt {
  readonly line: string;
  readonly column: number;
}

/** Something wrong with an input, told once: where, what was found, what was expected, and the fix. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly position: Position;
  /** `Kind/name` where it is known. */
  readonly object?: string;
  /** Field path such as `spec.tiers[0].isolation`; empty for the document as a whole. */
  readonly path: string;
  /** What was found and what was expected, one sentence, no full stop at its end. */
  readonly message: string;
  /** What to do, one sentence. */
  readonly fix?: string;
  /** What it is about, where that is a part of a value. */
  readonly excerpt?: Excerpt;
  /** Set on a warning: what could hold a workload, or be part of one, was not read, or does not count. */
  readonly leftOut?: true;
  /** Where else the same is so, where it is told once for many places. */
  readonly also?: readonly Position[];
}
