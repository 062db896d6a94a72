import type { Assessment, Decision } from '../../decision/decision.ts';

type Sums = Pick<Assessment, 'score' | 'tierScore'>;

/** What hygiene adds to a score that is at most 100. */
export const hygieneOf = ({ score, tierScore }: Sums): number => score - tierScore;

/** ` 60 +22`: the part that the required isolation depends on, and hygiene, which moves nothing; the first parts are aligned. */
export function scoreWords(sums: Sums): string {
  const hygiene = hygieneOf(sums);
  return `${String(sums.tierScore).padStart(3)}${hygiene > 0 ? ` +${hygiene}` : ''}`;
}

/** What the two parts of a score are, for the first score that has two; none where none has. */
export function scoreLegend(
  results: readonly { readonly decision: Pick<Decision, 'governing'> }[],
): string[] {
  const first = results.find(({ decision }) => hygieneOf(decision.governing) > 0)?.decision.governing;
  if (!first) return [];
  return [
    `SCORE ${scoreWords(first).trim()}: ${first.tierScore} counts towards REQUIRED, ${hygieneOf(first)} is hygiene, which never does.`,
  ];
}
