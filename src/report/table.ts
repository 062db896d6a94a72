import { assumedSentence, decisiveSentence } from './assumed.ts';
import { clusterTable } from './cluster/table.ts';
import { details } from './details.ts';
import { exemptCount } from './exempt.ts';
import { rowOf, widthsOf } from './grid.ts';
import { wrap } from './layout.ts';
import { modeLines } from './modes.ts';
import { type Paint, painter } from './paint.ts';
import { passedOverSentence } from './passed-over.ts';
import { type Review, type Reviewed, type Style, tally } from './result.ts';
import { clean, count } from './text.ts';

const HEADERS = ['VERDICT', 'OBJECT', 'NAMESPACE', 'CLASS', 'SCORE', 'REQUIRED'] as const;

/** `-o table`: a row an object, below it what led to a verdict other than admit, and a summary. */
export function table(review: Review, style: Style): string {
  if (review.cluster) return clusterTable(review, review.cluster, style);
  const paint = painter(style.color);
  const rows = review.results.map(cellsOf);
  const widths = widthsOf([HEADERS, ...rows]);
  const lines = review.results.length > 0 ? [paint.head(rowOf(HEADERS, widths, SCORE))] : [];
  review.results.forEach((result, i) => {
    lines.push(
      rowOf(rows[i] ?? [], widths, SCORE, text => paint.verdict(result.decision.verdict, text)),
      ...details(result, paint, style.width),
    );
  });
  if (lines.length > 0) lines.push('');
  const below = [summary(review, paint), ...modeLines(review), ...assumedLines(review)];
  lines.push(...below.flatMap(line => wrap(line, style.width)));
  return `${lines.join('\n')}\n`;
}

const assumedLines = ({ assumed }: Review): string[] =>
  assumed ? [assumedSentence(assumed), decisiveSentence(assumed)].filter(line => line !== '') : [];

/** `reject (audit)`: what the namespace's mode makes of a verdict, where it is not what the verdict says. */
function verdictWords({ decision: { verdict }, mode, outOfScope }: Reviewed): string {
  if (outOfScope) return `${verdict} (out of scope)`;
  const asSaid = mode === 'enforce' || verdict === 'admit' || (mode === 'inject' && verdict === 'sandbox');
  return asSaid ? verdict : `${verdict} (${mode})`;
}

function cellsOf(result: Reviewed): string[] {
  const { decision, kind, name, namespace } = result;
  return [
    verdictWords(result),
    `${clean(kind)}/${clean(name) || '(unnamed)'}`,
    clean(namespace),
    clean(decision.runtimeClass ?? '-'),
    String(decision.governing.score),
    decision.required,
  ];
}

const SCORE = [4];

/** `12 objects: 9 admit, 2 sandbox, 1 reject. 3 objects of other kinds passed over: 2 ConfigMap and 1 Service.` */
function summary(review: Review, paint: Paint): string {
  const { skipped, unrelated = 0, excluded = 0 } = review;
  const total = review.results.length;
  const inScope = review.results.filter(({ outOfScope }) => !outOfScope);
  const verdicts = tally(inScope);
  const parts = [
    ...(['admit', 'sandbox', 'reject'] as const)
      .filter(verdict => verdicts[verdict] > 0)
      .map(verdict => paint.verdict(verdict, `${verdicts[verdict]} ${verdict}`)),
    ...(inScope.length < total ? [`${total - inScope.length} out of scope`] : []),
  ];
  const problems = review.problems.filter(({ severity }) => severity === 'error').length;
  return [
    `${count(total, 'object')} judged${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`,
    ...[exemptCount(review.results)].filter(text => text !== ''),
    ...(skipped.size > 0 ? [paint.dim(passedOverSentence(skipped))] : []),
    ...(unrelated > 0
      ? [paint.dim(`${count(unrelated, 'document')} unrelated to Kubernetes passed over.`)]
      : []),
    ...(excluded > 0
      ? [paint.dim(`${count(excluded, 'file or folder', 'files and folders')} excluded.`)]
      : []),
    ...(problems > 0 ? [paint.bad(`${count(problems, 'problem')}: not everything was judged.`)] : []),
  ].join(' ');
}
