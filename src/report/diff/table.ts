import { clean, count, list } from '../../source/text.ts';
import { rowOf, widthsOf } from '../layout/grid.ts';
import { type Paint, painter } from '../layout/paint.ts';
import { hang, wrap } from '../layout/wrap.ts';
import type { Reviewed, Style } from '../result.ts';
import { ownerName } from '../review/cluster/groups.ts';
import { apartWords, placesApart } from '../words/apart.ts';
import { assumedSentence } from '../words/assumed.ts';
import { clusterName } from '../words/cluster.ts';
import { type Change, changeWords, type Difference, FATES, HURTS } from './change.ts';
import { costsOf, cpuWords, memoryWords, silentSentence } from './cost.ts';
import { countedOnceSentence } from './counted.ts';
import { policiesSentence } from './policies.ts';
import { sumsOf, whereOf } from './where.ts';
import { fixWords, whyWords } from './why.ts';

/** The most rows for one kind of change: for what hurts, more than anybody reads; for the rest, enough to show what it is like. */
const MOST_HURTS = 500;
const MOST_OTHERS = 20;

/** `-o table`: first what hurts, each with the reason; then how many run where before and after, and what that costs. */
export function table(difference: Difference, { color, width }: Style): string {
  const paint = painter(color);
  const sections = [
    changeLines(difference, paint, width),
    sumLines(difference, paint),
    costLines(difference, width),
    [summary(difference, paint), ...policyLines(difference, width), ...assumedLines(difference, width)],
  ];
  return `${sections
    .filter(section => section.length > 0)
    .map(section => section.join('\n'))
    .join('\n\n')}\n`;
}

function changeLines(difference: Difference, paint: Paint, width: number): readonly string[] {
  const kinds = [...Map.groupBy(difference.changes, ({ fate }) => fate)].map(([fate, all]) => {
    const shown = all.slice(0, HURTS.includes(fate) ? MOST_HURTS : MOST_OTHERS);
    return { shown, left: all.length - shown.length, fate };
  });
  const changes = kinds.flatMap(({ shown }) => shown);
  if (changes.length === 0) return [];
  const head = ['CHANGE', 'OBJECT', 'NAMESPACE', 'PODS', 'BEFORE', 'AFTER'];
  const apart = placesApart(difference.pairs.map(({ after }) => after));
  const rows = changes.map(one => [
    FATES[one.fate],
    clean(ownerName(one.after)) + apartWords(one.after, apart),
    clean(one.after.namespace),
    String(one.pods),
    ...placesOf(one).map(text => clean(text)),
  ]);
  const widths = widthsOf([head, ...rows]);
  const numbers = [3];
  return [
    paint.head(rowOf(head, widths, numbers)),
    ...changes.flatMap((one, i) => [
      rowOf(rows[i] ?? [], widths, numbers, text => painted(one, text, paint)),
      ...whyLines(one, width),
    ]),
    ...kinds
      .filter(({ left }) => left > 0)
      .map(({ left, fate }) => paint.dim(`And ${left} more: ${FATES[fate]}. -o json has them all.`)),
  ];
}

function painted({ fate }: Change, text: string, paint: Paint): string {
  if (fate === 'rejected') return paint.bad(text);
  if (fate === 'weaker' || fate === 'waiting') return paint.warn(text);
  return fate === 'score' || fate === 'class' ? paint.dim(text) : paint.good(text);
}

/** Where it runs; or, where only the score changes, the score, which a rejected object has, too. */
function placesOf({ fate, before, after }: Change): readonly [string, string] {
  if (fate !== 'score') return [whereOf(before), whereOf(after)];
  const scoreOf = ({ decision: { verdict, governing, required } }: Reviewed): string =>
    verdict === 'reject'
      ? `rejected, score ${governing.score}, needs ${required}`
      : `score ${governing.score}, ${required}`;
  return [scoreOf(before), scoreOf(after)];
}

/** Why, of what hurts, and what to do. */
function whyLines(change: Change, width: number): readonly string[] {
  if (!HURTS.includes(change.fate)) return [];
  const fix = fixWords(change);
  return [
    ...hang('  Why: ', clean(whyWords(change), 1000), width),
    ...(fix === '' ? [] : hang('  Fix: ', clean(fix, 1000), width)),
  ];
}

function sumLines(difference: Difference, paint: Paint): readonly string[] {
  const sums = sumsOf(difference);
  if (difference.changes.length === 0 || sums.length === 0) return [];
  const head = ['PODS', 'BEFORE', 'AFTER'];
  const rows = sums.map(({ where, before, after }) => [clean(where), String(before), String(after)]);
  const widths = widthsOf([head, ...rows]);
  return [paint.head(rowOf(head, widths, [1, 2])), ...rows.map(row => rowOf(row, widths, [1, 2]))];
}

/** What sandboxes add to the requests of Pods, before and after. */
function costLines(difference: Difference, width: number): readonly string[] {
  if (difference.changes.length === 0) return [];
  const costs = costsOf(difference);
  const { before, after } = costs;
  const words = list([
    `CPU ${cpuWords(before.cpu)} → ${cpuWords(after.cpu)}`,
    `memory ${memoryWords(before.memory)} → ${memoryWords(after.memory)}`,
  ]);
  const isSame = before.cpu === after.cpu && before.memory === after.memory;
  return [
    ...(isSame ? [] : [`Overhead of the classes that are injected: ${words}.`]),
    silentSentence(costs),
    countedOnceSentence(difference),
  ]
    .filter(text => text !== '')
    .flatMap(text => wrap(text, width));
}

function policyLines(difference: Difference, width: number): readonly string[] {
  const sentence = policiesSentence(difference);
  return sentence === '' ? [] : wrap(sentence, width);
}

function assumedLines({ assumed }: Difference, width: number): readonly string[] {
  const sentence = assumed ? assumedSentence(assumed) : '';
  return sentence === '' ? [] : wrap(sentence, width);
}

function summary({ pairs, changes, cluster, outOfScope }: Difference, paint: Paint): string {
  const of = count(pairs.length, 'object');
  const where = cluster ? ` of ${clusterName(cluster)}` : '';
  const words = changeWords({ pairs, changes });
  const outside = outOfScope > 0 ? ` ${count(outOfScope, 'object')} out of scope.` : '';
  const hurts = changes.some(({ fate }) => HURTS.includes(fate));
  return `${of}${where}: ${hurts ? paint.bad(words) : words}.${outside}`;
}
