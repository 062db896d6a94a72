import type { PodView } from '../pod/view.ts';
import type { Hit } from '../pod/visit.ts';
import type { Lens } from './guards.ts';

/**
 * - `hygiene`: a lapse against the Restricted standard; shown, never moves a tier.
 * - `exposure`: needs at least an application kernel, whatever the weights say.
 * - `breakout`: needs at least a VM, whatever the weights say.
 * - `requirement`: weighs nothing; bears on where the Pod can run.
 */
export type Category = 'hygiene' | 'exposure' | 'breakout' | 'requirement';

/** Stable, camelCase, unique; also the key in policies, exemptions and profiles. */
export type SignalId = string;

/**
 * A CEL expression over `object` (a Pod) and `variables.containers` (containers of every kind), true when the
 * signal fires. The API server evaluates it in the guard; a test holds it against `inspect`.
 */
export type Cel = string;

interface SignalBase {
  readonly id: SignalId;
  /** A few words, for tables. */
  readonly title: string;
  /** Why it matters: short and stable, without names or values. */
  readonly reason: string;
  /** What the author can change. */
  readonly fix: string;
  /** True of a Pod for which `fix` is none, as what was found is what the Pod is there for. @param findings all of its own */
  readonly isPurpose?: (findings: readonly Finding[]) => boolean;
  /** 0 to 100; exposure 30 or more, breakout 70 or more, requirement 0. */
  readonly weight: number;
  readonly source: string;
  /** Pure; never throws on a Pod that `readPod` accepted. */
  inspect(pod: PodView): readonly Hit[];
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

export interface Finding extends Hit {
  readonly signal: SignalId;
  /** Name of the exemption that waives it. */
  readonly waivedBy?: string;
}
