import type { Decision } from '../../decision/decision.ts';
import type { Change } from '../../fix/change.ts';
import type { ManifestEdit } from '../../fix/edit.ts';
import type { Reviewed } from '../result.ts';

/** What is to be changed of one object. */
export interface Fix {
  /** The object as it is. */
  readonly result: Reviewed;
  /** What a program can change of it, because of what. */
  readonly changes: readonly Change[];
  /** The same as edits of the manifest; none where they would not help, or cannot be made. */
  readonly edits: readonly ManifestEdit[];
  /** What is decided on the changed object; without edits, on one with all that a program can change. */
  readonly after: Decision;
  /** Why a person has to do it; left out where the edits do. */
  readonly byHand?: ByHand;
}

/**
 * `not enough`: what a program can change does not lead there. `rendered`: a program made the manifest of something else.
 * `unreadable`: its file cannot be read a second time. `layout`: its lines cannot be changed alone.
 * `extended`: another service of the Compose file is made of it.
 */
export type ByHand = 'not enough' | 'rendered' | 'unreadable' | 'layout' | 'extended';

/** A line that a patch would have to show, and may not. */
export interface Untold {
  readonly file: string;
  /** 1-based; left out of a file that is no text of lines. */
  readonly line?: number;
  readonly holds: 'a value' | 'an unsafe character' | 'UTF-16';
}

/** What is to be changed of all objects that were asked for. */
export interface Fixes {
  /** The version of this program. */
  readonly version: string;
  /** Those that have to be changed. */
  readonly fixes: readonly Fix[];
  /** All edits as a unified diff; empty where there are none, and where they were written. */
  readonly patch: string;
  /** Where there is no patch. */
  readonly untold: readonly Untold[];
  /** Files that were changed. */
  readonly written: readonly string[];
}
