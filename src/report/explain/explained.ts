import type { Decision } from '../../decision/decision.ts';
import type { SandboxExemption } from '../../policy/types.gen.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import type { Paint } from '../layout/paint.ts';
import type { Assumptions, Reviewed } from '../result.ts';

/** A decision with everything that led to it. */
export interface Explained extends Draft {
  /** The version of this program. */
  readonly version: string;
  readonly result: Reviewed;
  readonly assumed: Assumptions;
  readonly profiles: ProfileTable;
  /** The JSON Patch (RFC 6902) that the webhook would answer with. */
  readonly patch: readonly object[];
}

/** The narrowest exemption that would let an object in. */
export interface Draft {
  /** A draft; left out when none is needed, none would help, or something has to be filled in first. */
  readonly exemption?: SandboxExemption;
  /** The decision once the draft is in force. */
  readonly withExemption?: Decision;
  /** What has to be filled in before a helpful exemption can be drafted. */
  readonly fillIn?: string;
  /** Whether an exemption only helps the Pod without its runtimeClassName. */
  readonly isUnnamed?: true;
}

/** The settings of the output for text. */
export interface Page {
  readonly paint: Paint;
  /** The width in columns. */
  readonly width: number;
}
