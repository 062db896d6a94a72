import type { Review, Reviewed } from './result.ts';

/** Whether a result is listed. All results are counted, and affect the exit code. */
export const isListed =
  ({ only, baseline }: Pick<Review, 'only' | 'baseline'>) =>
  (result: Reviewed): boolean =>
    isNews(result, baseline) && isWanted(result, only);

const isNews = ({ since }: Reviewed, baseline: Review['baseline']): boolean =>
  baseline === undefined || (since !== undefined && since.state !== 'known');

const isWanted = ({ decision: { verdict, outcome } }: Reviewed, only: Review['only']): boolean =>
  only === undefined || only.includes(verdict) || only.includes(outcome);

/** The results that are listed. */
export const listed = (review: Review): readonly Reviewed[] => review.results.filter(isListed(review));

/** How many results are not listed, and why. */
export interface LeftOut {
  /** How many a baseline leaves out: those that it knows, and admitted ones. */
  readonly known: number;
  readonly admitted: number;
  /** How many are left out because only others were asked for. */
  readonly unwanted: number;
}

export function leftOut({ results, only, baseline }: Review): LeftOut {
  const news = results.filter(result => isNews(result, baseline));
  const known = results.filter(({ since }) => since?.state === 'known').length;
  return {
    known,
    admitted: results.length - news.length - known,
    unwanted: news.filter(result => !isWanted(result, only)).length,
  };
}
