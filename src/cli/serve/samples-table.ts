import type { Verdict } from '../../decision/decision.ts';
import { rowOf, widthsOf } from '../../report/layout/grid.ts';
import type { Paint } from '../../report/layout/paint.ts';
import { hang } from '../../report/layout/wrap.ts';
import { clean } from '../../source/text.ts';

/** The parts of the answer that are used; the audit annotations carry the decision. */
export interface SampleResponse {
  readonly allowed: boolean;
  readonly status?: { readonly message: string };
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export interface Row {
  readonly verdict: Verdict;
  readonly cells: readonly string[];
  /** What was decided and, for a rejected Pod, what to change. */
  readonly reasons: readonly string[];
}

const HEADERS = ['VERDICT', 'POD', 'ASKS FOR', 'SCORE', 'REQUIRED', 'CLASS'] as const;
const ASKS = 2;
const SCORE = 3;
/** The spaces between two cells. */
const GAP = 2;

/** The beginning of a sentence about the Pod, which its row names already. */
const WHO = /^Pod "[^"]*"( rejected)?: /;

export function toRow(name: string, asks: string, answer: SampleResponse): Row {
  const { status, warnings, auditAnnotations = {} } = answer;
  const { verdict = '-', score = '-', required = '-' } = auditAnnotations;
  return {
    verdict: verdict as Verdict,
    cells: [verdict, name, asks, score, required, auditAnnotations['runtime-class'] ?? '-'],
    reasons: (status?.message ?? warnings?.[0] ?? '').replace(WHO, '').split('\n').slice(0, 2),
  };
}

/** One row for each sample, with the decision below it; and what it asks for, where the row has no room for that. */
export function sampleTable(rows: readonly Row[], paint: Paint, width: number): string {
  const whole = widthsOf([HEADERS, ...rows.map(({ cells }) => cells)]);
  const isNarrow = whole.reduce((sum, one) => sum + one + GAP, -GAP) > width;
  const shown = (cells: readonly string[]): readonly string[] =>
    isNarrow ? cells.toSpliced(ASKS, 1) : cells;
  const widths = isNarrow ? whole.toSpliced(ASKS, 1) : whole;
  const numbers = isNarrow ? [SCORE - 1] : [SCORE];
  const below = (text: string): string[] => hang('  ', clean(text, 1000), width);
  const lines = rows.flatMap(({ verdict, cells, reasons }) => [
    rowOf(shown(cells), widths, numbers, text => paint.verdict(verdict, text)),
    ...(isNarrow ? below(`Asks for ${cells[ASKS]}.`) : []),
    ...reasons.filter(Boolean).flatMap(reason => below(reason).map(paint.dim)),
  ]);
  return [paint.head(rowOf(shown(HEADERS), widths, numbers)), ...lines, ''].join('\n');
}
