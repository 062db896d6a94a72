import type { Decision } from '../../decision/decision.ts';
import type { Change } from '../../fix/change.ts';
import type { ManifestEdit } from '../../fix/edit.ts';
import type { Reviewed } from '../result.ts';

/** The changes to make to one object. */
export interface Fix {
  /** The object as it is. */
  readonly result: Reviewed;
  /** What a program can change, and because of what. */
  readonly changes: readonly Change[];
  /** The same changes as edits of the manifest; none where they would not help, or cannot be made. */
  readonly edits: readonly ManifestEdit[];
  /** The decision on the changed object; without edits, on one with all the changes that a program can make. */
  readonly after: Decision;
  /** Why it takes a person; left out where the edits are enough. */
  readonly byHand?: ByHand;
}

/**
 * `not enough`: what a program can change does not lead there. `rendered`: a program made the manifest of something else.
 * `unreadable`: its file cannot be read a second time. `layout`: its lines cannot be changed alone.
 * `extended`: another service of the Compose file is made of it.
 */
export type ByHand = 'not enough' | 'rendered' | 'unreadable' | 'layout' | 'extended';

/** A line that a patch would have to show, but may not. */
export interface Untold {
  readonly file: string;
  /** 1-based; left out for a file that has no lines of text. */
  readonly line?: number;
  readonly holds: 'a value' | 'an unsafe character' | 'UTF-16';
}

/** The changes to all objects that were asked for. */
export interface Fixes {
  /** The version of this program. */
  readonly version: string;
  /** The objects that have to be changed. */
  readonly fixes: readonly Fix[];
  /** All edits as a unified diff; empty where there are none, or where they were written. */
  readonly patch: string;
  /** The lines because of which there is no patch. */
  readonly untold: readonly Untold[];
  /** The files that were changed. */
  readonly written: readonly string[];
}
