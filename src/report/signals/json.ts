import { jsonText, sentence } from '../../source/text.ts';
import type { Listed } from './listed.ts';

/** `-o json` of `cofferdam signals`: a list, in the order of findings. */
export const signalsJson = ({ signals }: Listed): string =>
  `${jsonText(
    signals.map(({ id, category, weight, title, reason, fix, source }) => ({
      id,
      category,
      weight,
      title,
      reason: sentence(reason),
      fix: sentence(fix),
      source,
    })),
    2,
  )}\n`;
