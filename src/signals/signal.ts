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

/** A stable, unique name in camelCase, which is also the key in policies, exemptions and profiles. */
export type SignalId = string;

interface SignalBase {
  readonly id: SignalId;
  /** A few words, for tables. */
  readonly title: string;
  /** The title as it is used in a sentence; left out where that is `a` or `an` and the title. */
  readonly phrase?: string;
  /** Why it matters: short and stable, without names or values. */
  readonly reason: string;
  /** What the author can change. */
  readonly fix: string;
  /** Fixes that replace `fix` for some of what can be found; the first that fits counts. */
  readonly fixes?: readonly SpecialFix[];
  /** The part of `fix` that a program can do; left out where it takes a person. */
  readonly mend?: Mend;
  /**
   * True for a Pod that `fix` does not help, as what was found is what the Pod is for.
   * @param findings all findings of the Pod
   */
  readonly isPurpose?: (findings: readonly Finding[]) => boolean;
  /** 0 to 100; exposure 30 or more, breakout 70 or more, requirement 0. */
  readonly weight: number;
  readonly source: string;
  /** Looks for it in a Pod. It is pure, and never throws on a Pod that `readPod` accepted. */
  inspect(pod: PodView): readonly Occurrence[];
}

/** What the author can change for particular values. */
export interface SpecialFix {
  /** The form of the finding's value. */
  readonly of: RegExp;
  readonly fix: string;
  readonly mend?: Mend;
}

export type Signal = SignalBase &
  (
    | {
        readonly category: 'exposure' | 'breakout';
        readonly guard: Cel;
        /** The same, within where the lens looks, and without the findings that an exemption waives. */
        readonly guardAt: (lens: Lens) => Cel;
      }
    | { readonly category: 'hygiene' | 'requirement' }
  );

export interface Finding extends Occurrence {
  readonly signal: SignalId;
  /** The name of the exemption that waives it. */
  readonly waivedBy?: string;
}
