import type { Isolation } from '../../profiles/isolation.ts';
import type { Finding } from '../../signals/signal.ts';
import { count, sentence, someOf } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { isolationOf, type Worse } from '../since.ts';
import { whySentence } from './notes.ts';
import { isolationWords } from './terms.ts';

/** How an object is worse than in a baseline, as a phrase; empty for a new or unchanged one. */
export function worseWords({ since, decision }: Reviewed): string {
  const was = since?.was;
  if (!was || since.state !== 'worse') return '';
  const before = was.verdict === 'sandbox' ? 'sandboxed' : 'rejected';
  const words: Readonly<Record<Worse, string>> = {
    outcome: `it was ${before}${was.verdict === decision.verdict ? ' for another reason' : ''}`,
    isolation: lessWords(decision.isolation, isolationOf(was)),
    required: `${decision.required} is required, ${was.required} was`,
    score: `its score asks for more than ${was.score}`,
    findings: addedWords([...since.added]),
  };
  return `since the baseline: ${since.worse.map(one => words[one]).join('; ')}`;
}

/** The signals by their ids, as a format may tell of the object as a whole. */
const addedWords = (added: readonly Finding[]): string =>
  `${count(added.length, 'new finding')} (${someOf([...new Set(added.map(({ signal }) => signal))])})`;

const lessWords = (now: Isolation | undefined, before: Isolation | undefined): string =>
  now && before ? `it runs on ${isolationWords(now)}, and ran on ${isolationWords(before)}` : '';

/** Why, and, for an object in the baseline, how it is worse. */
export function whyNow(result: Reviewed): string {
  const worse = worseWords(result);
  return worse ? `${whySentence(result)} ${sentence(worse)}` : whySentence(result);
}
