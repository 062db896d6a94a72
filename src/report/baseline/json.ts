import { shorten } from '../../source/text.ts';
import type { Review } from '../result.ts';
import type { Since } from '../since.ts';

/** The length to which texts of results are shortened, too. */
const LONGEST = 4096;

/** How many results are in which state, and what is gone. */
export function baselineOf({ results }: Review, { file, gone }: NonNullable<Review['baseline']>): object {
  const states = (state: Since['state']): number =>
    results.filter(({ since }) => since?.state === state).length;
  return {
    file,
    new: states('new'),
    worse: states('worse'),
    known: states('known'),
    gone: gone.map(({ entry, findings }) => ({
      object: shorten(entry.object, LONGEST),
      source: shorten(entry.file, LONGEST),
      findings: findings || entry.findings.length,
      whole: findings === 0,
    })),
  };
}

/** How one object has changed. */
export function sinceOf({ state, was, worse }: Since): object {
  return { state, ...(was && { was, worse }) };
}
