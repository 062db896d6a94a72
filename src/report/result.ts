import type { Decision } from '../decision/decision.ts';
import type { Position, Problem } from '../source/document.ts';
import type { Tense } from './outcome.ts';
import type { Subject } from './subject.ts';

/** One object of a review with what was decided. */
export interface Reviewed extends Subject {
  readonly apiVersion: string;
  /** Where the object starts. */
  readonly source: Position;
  /** Mode of its namespace: wording alone. */
  readonly mode: string;
  readonly decision: Decision;
  /** A Pod's field path as the manifest has it (`spec.template.spec.hostPID`), and its line. */
  locate(podField: string): Place;
}

export interface Place {
  readonly path: string;
  readonly position: Position;
}

/** In the milder modes no class is set. */
export const tenseOf = ({ mode }: Reviewed): Tense =>
  mode === 'inject' || mode === 'enforce' ? 'is' : 'would be';

/** Everything a report is made of. */
export interface Review {
  /** Of this program. */
  readonly version: string;
  readonly results: readonly Reviewed[];
  /** Objects that make no Pods. */
  readonly skipped: number;
  readonly problems: readonly Problem[];
}

/** How text is to look; formats for machines do not ask. */
export interface Style {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

export type Format = (review: Review, style: Style) => string;

/** How many of each verdict. */
export function tally({
  results,
  skipped,
}: Review): Record<'total' | 'admit' | 'sandbox' | 'reject' | 'skipped', number> {
  const of = (verdict: Decision['verdict']): number =>
    results.filter(({ decision }) => decision.verdict === verdict).length;
  return {
    total: results.length,
    admit: of('admit'),
    sandbox: of('sandbox'),
    reject: of('reject'),
    skipped,
  };
}
