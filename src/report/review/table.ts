import { VERDICTS } from '../../decision/decision.ts';
import { placesIn } from '../../source/alike.ts';
import { shellLine } from '../../source/files/projects.ts';
import { clean, count, someOf } from '../../source/text.ts';
import { rowOf, widthsOf } from '../layout/grid.ts';
import { type Paint, painter } from '../layout/paint.ts';
import { wrap } from '../layout/wrap.ts';
import { isListed, listed } from '../listed.ts';
import { type Review, type Reviewed, type Style, tally } from '../result.ts';
import { commonLines, details } from '../told/details.ts';
import { commonOf, draftedBut, isDrafted, toldOf } from '../told/told.ts';
import { apartWords, placesApart } from '../words/apart.ts';
import { assumedSentence, decisiveSentence } from '../words/assumed.ts';
import { exemptCount, exemptOverall } from '../words/exemptions.ts';
import { leftOutSentences } from '../words/left-out.ts';
import { modeLines } from '../words/modes.ts';
import { passedOverSentences } from '../words/passed-over.ts';
import { scoreLegend, scoreWords } from '../words/score.ts';
import { objectName } from '../words/terms.ts';
import { clusterTable } from './cluster/table.ts';

const HEADERS = ['VERDICT', 'OBJECT', 'NAMESPACE', 'CLASS', 'SCORE', 'REQUIRED'] as const;

/**
 * `-o table`: one row for each object, the gravest first, with what led to any verdict but admit below it; then what applies to
 * several, and a summary.
 */
export function table(review: Review, style: Style): string {
  if (review.cluster) return clusterTable(review, review.cluster, style);
  const paint = painter(style.color);
  const results = listed(review).toSorted((a, b) => gravity(b) - gravity(a));
  const apart = placesApart(review.results);
  const rows = results.map(one => cellsOf(one, apartWords(one, apart)));
  const widths = widthsOf([HEADERS, ...rows]);
  const told = results.map(toldOf);
  const common = commonOf(told);
  const lines = results.length > 0 ? [paint.head(rowOf(HEADERS, widths, []))] : [];
  told.forEach((one, i) => {
    lines.push(
      rowOf(rows[i] ?? [], widths, [], text => paint.verdict(one.result.decision.verdict, text)),
      ...details(one, paint, style.width, common),
    );
  });
  const sections = [
    lines,
    ...commonLines(common, paint, style.width),
    draftLines(results, review, paint, style.width),
    [
      summary(review, paint),
      ...leftOutSentences(review),
      ...[unlistedExempt(review)].filter(text => text !== ''),
      ...modeLines(review),
      ...assumedLines(review),
      ...scoreLegend(results).map(paint.dim),
    ].flatMap(line => wrap(line, style.width)),
  ];
  return `${sections
    .filter(section => section.length > 0)
    .map(section => section.join('\n'))
    .join('\n\n')}\n`;
}

/** Who is exempt from what, for objects whose row is not listed: those with a row have it below them. */
function unlistedExempt(review: Review): string {
  const isTold = isListed(review);
  return exemptOverall(
    review.results.filter(result => !isTold(result)),
    'of those not listed',
  );
}

/** Orders rows; what nobody asks about comes last, whatever its verdict. */
const gravity = ({ outOfScope, mode, decision }: Reviewed): number =>
  VERDICTS.indexOf(decision.verdict) - (outOfScope || mode === 'off' ? VERDICTS.length : 0);

/** What may have to be as it is: the command that drafts an exemption, ready to be copied, for the first of them; and what makes a fix. */
function draftLines(
  results: readonly Reviewed[],
  { explaining }: Review,
  paint: Paint,
  width: number,
): string[] {
  const drafted = results.filter(result => isDrafted(result) && explaining?.(result));
  const [first] = drafted;
  const words = first && explaining?.(first);
  if (!words) return [];
  const names = someOf(drafted.map(one => `${objectName(one)}${drafted.length > 1 ? draftedBut(one) : ''}`));
  const lead =
    drafted.length === 1
      ? `If ${names} has to be as it is${draftedBut(first)}, this drafts an exemption:`
      : `If one of ${drafted.length} has to be as it is (${names}), this drafts an exemption, here for the first:`;
  return [...wrap(lead, width), `  ${paint.head(clean(shellLine(words), 1000))}`, ...wrap(FIXING, width)];
}

const FIXING =
  'The same with --fix prints a patch: the smallest change after which it is no longer rejected.';

const assumedLines = ({ assumed }: Review): string[] =>
  assumed ? [assumedSentence(assumed), decisiveSentence(assumed)].filter(line => line !== '') : [];

/** `reject (audit)`: with the namespace's mode, where its effect differs from what the verdict says. */
function verdictWords({ decision: { verdict }, mode, outOfScope }: Reviewed): string {
  if (outOfScope) return `${verdict} (out of scope)`;
  const asSaid = mode === 'enforce' || verdict === 'admit' || (mode === 'inject' && verdict === 'sandbox');
  return asSaid ? verdict : `${verdict} (${mode})`;
}

/** @param where what distinguishes it from another with the same name */
function cellsOf(result: Reviewed, where: string): string[] {
  const { decision, namespace } = result;
  return [
    verdictWords(result),
    objectName(result) + where,
    clean(namespace),
    clean(decision.runtimeClass ?? '-'),
    scoreWords(decision.governing),
    decision.required,
  ];
}

/** `12 objects: 9 admit, 2 sandbox, 1 reject. 3 objects of other kinds passed over: 2 ConfigMap and 1 Service.` */
function summary(review: Review, paint: Paint): string {
  const total = review.results.length;
  const inScope = review.results.filter(({ outOfScope }) => !outOfScope);
  const verdicts = tally(inScope);
  const parts = [
    ...VERDICTS.toReversed()
      .filter(verdict => verdicts[verdict] > 0)
      .map(verdict => paint.verdict(verdict, `${verdicts[verdict]} ${verdict}`)),
    ...(inScope.length < total ? [`${total - inScope.length} out of scope`] : []),
  ];
  const problems = placesIn(review.problems.filter(({ severity }) => severity === 'error'));
  return [
    `${count(total, 'object')} judged${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`,
    ...[exemptCount(review.results)].filter(text => text !== ''),
    ...passedOverSentences(review).map(paint.dim),
    ...(problems > 0 ? [paint.bad(`${count(problems, 'problem')}: not everything was judged.`)] : []),
  ].join(' ');
}
