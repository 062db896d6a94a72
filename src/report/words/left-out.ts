import { clean, count, list, someOf } from '../../source/text.ts';
import { leftOut } from '../listed.ts';
import type { Review } from '../result.ts';

/** What is not listed, and why, one sentence each; none where everything is. */
export function leftOutSentences(review: Review): string[] {
  const { only, baseline, results } = review;
  const { known, admitted, unwanted } = leftOut(review);
  const hidden = list([
    ...(known > 0 ? [`${known} that it knows`] : []),
    ...(admitted > 0 ? [`${admitted} that ${admitted === 1 ? 'is' : 'are'} admitted`] : []),
  ]);
  const states = (state: string): number => results.filter(({ since }) => since?.state === state).length;
  const news = list([
    ...(states('new') > 0 ? [`${states('new')} new`] : []),
    ...(states('worse') > 0 ? [`${states('worse')} worse than before`] : []),
  ]);
  return [
    ...(baseline
      ? [
          `Baseline ${clean(baseline.file)}: ${news || 'nothing new'}${hidden ? `; not listed: ${hidden}` : ''}.`,
        ]
      : []),
    ...(baseline ? goneSentences(baseline.gone) : []),
    ...(unwanted > 0 && only ? [`${count(unwanted, 'object')} not listed: --only ${only.join(',')}.`] : []),
  ];
}

/** `Gone or better since the baseline: DaemonSet/shop/a, and 2 findings of Pod/shop/b. --write-baseline renews it.` */
export function goneSentences(gone: NonNullable<Review['baseline']>['gone']): string[] {
  if (gone.length === 0) return [];
  const names = gone.map(({ entry, findings }) =>
    findings > 0 ? `${count(findings, 'finding')} of ${clean(entry.object)}` : clean(entry.object),
  );
  return [`Gone since then: ${someOf(names)}. --write-baseline renews it.`];
}
