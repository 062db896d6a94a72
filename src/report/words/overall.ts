import type { Review } from '../result.ts';
import { assumedSentence, decisiveSentence } from './assumed.ts';
import { exemptOverall } from './exemptions.ts';
import { leftOutSentences } from './left-out.ts';
import { passedOverSentences } from './passed-over.ts';
import { settingsSentence } from './settings.ts';

/** What to know about a review as a whole, in every format, one sentence each. */
export const overallSentences = (review: Review): string[] =>
  [
    ...leftOutSentences(review),
    exemptOverall(review.results),
    ...(review.assumed ? [assumedSentence(review.assumed), decisiveSentence(review.assumed)] : []),
    ...(review.assumed?.settings ? [settingsSentence(review.assumed.settings)] : []),
    // This comes last, as it may be long, and be cut.
    ...passedOverSentences(review),
  ].filter(sentence => sentence !== '');
