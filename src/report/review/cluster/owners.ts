import type { Verdict } from '../../../decision/decision.ts';
import { clean, count, sentence, someOf } from '../../../source/text.ts';
import { rowOf, widthsOf } from '../../layout/grid.ts';
import type { Paint } from '../../layout/paint.ts';
import { hang } from '../../layout/wrap.ts';
import type { Reviewed, Style } from '../../result.ts';
import { commonLines, details } from '../../told/details.ts';
import { commonOf, NOTHING_COMMON, type Told, toldOf } from '../../told/told.ts';
import { exemptionSentences } from '../../words/exemptions.ts';
import { resultNotes } from '../../words/notes.ts';
import { scoreWords } from '../../words/score.ts';
import { noteLines } from '../../words/sentences.ts';
import { causes, withoutPlace } from '../../words/terms.ts';
import { type Group, groupsOf, ownerName } from './groups.ts';

/** All rejected ones need attention; those that are sandboxed keep running, and there may be hundreds. */
const MAX_SANDBOXED = 40;
const REJECTED = { headers: ['OBJECT', 'NAMESPACE', 'PODS', 'SCORE', 'REQUIRED'], numbers: [2] };
const SANDBOXED = { headers: ['OBJECT', 'NAMESPACE', 'PODS', 'SCORE', 'REQUIRED', 'CLASS'], numbers: [2] };

/** One row for each owner, with the reasons below it. */
export function groupLines(
  verdict: Verdict,
  title: string,
  results: readonly Reviewed[],
  paint: Paint,
  style: Style,
): string[] {
  const groups = groupsOf(results, verdict);
  if (groups.length === 0) return [];
  const { headers, numbers } = verdict === 'sandbox' ? SANDBOXED : REJECTED;
  const shown = verdict === 'sandbox' ? groups.slice(0, MAX_SANDBOXED) : groups;
  const pods = groups.reduce((sum, group) => sum + group.pods, 0);
  const rows = shown.map(group => cellsOf(group).slice(0, headers.length));
  const widths = widthsOf([headers, ...rows]);
  const told = shown.map(({ sample }) => toldOf(withoutFile(sample)));
  const common = verdict === 'sandbox' ? NOTHING_COMMON : commonOf(told, ownerName);
  const below = (one: Told): string[] =>
    verdict === 'sandbox'
      ? reasonLines(one.result, paint, style.width)
      : details(one, paint, style.width, common);
  return [
    paint.verdict(verdict, `${title}: ${count(pods, 'Pod')}, ${count(groups.length, 'owner')}`),
    paint.head(rowOf(headers, widths, numbers)),
    ...told.flatMap((one, i) => [
      rowOf(rows[i] ?? [], widths, numbers, text => paint.verdict(verdict, text)),
      ...below(one),
    ]),
    ...commonLines(common, paint, style.width).flatMap(lines => ['', ...lines]),
    ...(shown.length < groups.length
      ? [paint.dim(`and ${count(groups.length - shown.length, 'more owner')}; -o json has them all`)]
      : []),
  ];
}

function cellsOf({ sample, pods }: Group): string[] {
  const { runtimeClass, governing, required } = sample.decision;
  return [
    clean(ownerName(sample)),
    clean(sample.namespace),
    pods === 0 ? '-' : String(pods),
    scoreWords(governing),
    required,
    clean(runtimeClass ?? ''),
  ];
}

/** The reasons in brief, as a sandboxed object may stay as it is. `explain` has them all. */
function reasonLines(result: Reviewed, paint: Paint, width: number): string[] {
  const { decision } = result;
  const why = [
    someOf(causes(decision, withoutPlace)),
    ...exemptionSentences(decision).map(text => `exemption ${text}`),
    ...resultNotes(result).map(({ phrase }) => phrase),
    ...noteLines(decision),
  ]
    .map(sentence)
    .join(' ');
  return hang('  ', clean(why, 1000), width).map(paint.dim);
}

/** Only the place within the Pod is needed: there is no file, and the object is named above. */
const withoutFile = (result: Reviewed): Reviewed => ({
  ...result,
  locate: field => ({ path: result.locate(field).path, position: { file: '' } }),
});
