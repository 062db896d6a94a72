import type { PodView } from '../pod/view.ts';
import type { Occurrence } from '../pod/visit.ts';
import type { Cel } from './cel.ts';
import type { Lens } from './guards.ts';
import type { Mend } from './mend.ts';

/**
 * - `hygiene`: a lapse against the Restricted standard; shown, never moves a tier.
 * - `exposure`: needs at least an application kernel, whatever the weights say.
 * - `breakout`: needs at least a VM, whatever the weights say.
 * - `requirement`: weighs nothing; bears on where the Pod can run.
 */
export type Category = 'hygiene' | 'exposure' | 'breakout' | 'requirement';

/** Stable, camelCase, unique; also the key in policies, exemptions and profiles. */
export type SignalId = string;

interface SignalBase {
  readonly id: SignalId;
  /** A few words, for tables. */
  readonly title: string;
  /** The title as it stands in a sentence; left out where that is `a` or `an` and the title. */
  readonly phrase?: string;
  /** Why it matters: short and stable, without names or values. */
  readonly reason: string;
  /** What the author can change. */
  readonly fix: string;
  /** What takes the place of `fix` for some of what can be found; the first that fits. */
  readonly fixes?: readonly SpecialFix[];
  /** What of `fix` a program can do; left out where a person has to. */
  readonly mend?: Mend;
  /** True of a Pod for which `fix` is none, as what was found is what the Pod is there for. @param findings all of its own */
  readonly isPurpose?: (findings: readonly Finding[]) => boolean;
  /** 0 to 100; exposure 30 or more, breakout 70 or more, requirement 0. */
  readonly weight: number;
  readonly source: string;
  /** Pure; never throws on a Pod that `readPod` accepted. */
  inspect(pod: PodView): readonly Occurrence[];
}

/** What the author can change where something of its own was found. */
export interface SpecialFix {
  /** What the finding's value looks like. */
  readonly of: RegExp;
  readonly fix: string;
  readonly mend?: Mend;
}

export type Signal = SignalBase &
  (
    | {
        readonly category: 'exposure' | 'breakout';
        readonly guard: Cel;
        /** The same, but for where it looks and for the findings that an exemption waives. */
        readonly guardAt: (lens: Lens) => Cel;
      }
    | { readonly category: 'hygiene' | 'requirement' }
  );

export interface Finding extends Occurrence {
  readonly signal: SignalId;
  /** Name of the exemption that waives it. */
  readonly waivedBy?: string;
}
