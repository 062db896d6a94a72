import type { Decision, Verdict } from '../decision/decision.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Position, SourceDocument } from '../source/document.ts';
import type { Mapping } from '../source/mapping.ts';

/** What a case expects. Anything that it leaves out may have any value, except the class, which must then be absent. */
export interface Expected {
  readonly verdict: Verdict;
  readonly runtimeClass?: string;
  readonly required?: Isolation;
  readonly score?: number;
  readonly signals?: readonly string[];
  readonly rules?: readonly string[];
  readonly exemptions?: readonly string[];
}

/** A case as it is written in a file, or a line of its table. */
export interface WrittenCase {
  readonly name: string;
  readonly namespace?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly pod?: Mapping;
  readonly manifest?: Mapping;
  readonly cluster?: string;
  readonly now?: string;
  readonly expect?: Partial<Expected>;
  readonly each?: readonly WrittenCase[];
}

/** One Pod, and what is expected of it. */
export interface Case {
  readonly name: string;
  readonly position: Position;
  /** The object that makes the Pod. */
  readonly manifest: SourceDocument;
  /** The namespace of an object that names none. */
  readonly namespace: string;
  /** The facts of its namespace; left out where the case says nothing about it, so that a cluster file may. */
  readonly facts?: NamespaceFacts;
  /** A path relative to where the command runs. */
  readonly cluster?: string;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  readonly expect: Expected;
}

/** Something that was decided otherwise than expected, in the words of a file. */
export interface Difference {
  readonly field: keyof Expected;
  readonly expected: string;
  readonly found: string;
}

/** A case with its decision. */
export interface Tried {
  readonly case: Case;
  readonly decision: Decision;
  /** The differences; none where it passes. */
  readonly differences: readonly Difference[];
}
