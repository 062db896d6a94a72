import type { Decision } from '../../decision/decision.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import type { Assumptions } from '../assumed.ts';
import type { Paint } from '../paint.ts';
import type { Reviewed } from '../result.ts';

/** One decision with all that went into it. */
export interface Explained {
  /** Of this program. */
  readonly version: string;
  readonly result: Reviewed;
  readonly assumed: Assumptions;
  readonly profiles: ProfileTable;
  /** JSON Patch (RFC 6902) that the webhook would answer with. */
  readonly patch: readonly object[];
  /** A drafted SandboxExemption; empty when none is needed or none would help. */
  readonly exemption: string;
  /** What is decided once the draft is in force. */
  readonly withExemption?: Decision;
}

/** What text is written on. */
export interface Page {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}
