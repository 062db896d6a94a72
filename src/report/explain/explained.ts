import type { Decision } from '../../decision/decision.ts';
import type { SandboxExemption } from '../../policy/types.gen.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import type { Paint } from '../layout/paint.ts';
import type { Assumptions, Reviewed } from '../result.ts';

/** A decision with all that went into it. */
export interface Explained extends Draft {
  /** The version of this program. */
  readonly version: string;
  readonly result: Reviewed;
  readonly assumed: Assumptions;
  readonly profiles: ProfileTable;
  /** JSON Patch (RFC 6902) that the webhook would answer with. */
  readonly patch: readonly object[];
}

/** The narrowest exemption that would let an object in. */
export interface Draft {
  /** A draft; left out when none is needed, none would help, or something is to be filled in first. */
  readonly exemption?: SandboxExemption;
  /** What is decided once the draft is in force. */
  readonly withExemption?: Decision;
  /** What has to be filled in before an exemption can be drafted that would help. */
  readonly fillIn?: string;
  /** Whether an exemption helps the Pod without its runtimeClassName alone. */
  readonly isUnnamed?: true;
}

/** What text is written on. */
export interface Page {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}
