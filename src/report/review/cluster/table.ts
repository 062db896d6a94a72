import { clean, count, list, quote } from '../../../source/text.ts';
import { rowOf, widthsOf } from '../../layout/grid.ts';
import { type Paint, painter } from '../../layout/paint.ts';
import { wrap } from '../../layout/wrap.ts';
import { listed } from '../../listed.ts';
import { type Review, type Reviewed, type ReviewedCluster, type Style, tally } from '../../result.ts';
import { clusterName } from '../../words/cluster.ts';
import { exemptCount, isExempt } from '../../words/exemptions.ts';
import { leftOutSentences } from '../../words/left-out.ts';
import { modeLines } from '../../words/modes.ts';
import { scoreLegend } from '../../words/score.ts';
import { costOf, cpuText, memoryText, willCost } from './cost.ts';
import { isPod } from './groups.ts';
import { byNamespace } from './namespaces.ts';
import { groupLines } from './owners.ts';

/** `-o table` of a cluster: namespaces with their sums, what would be rejected and sandboxed by owner, and the cost. */
export function clusterTable(review: Review, cluster: ReviewedCluster, style: Style): string {
  const paint = painter(style.color);
  const inScope = { ...review, results: review.results.filter(isInScope) };
  const shown = listed(inScope);
  const sections = [
    namespaceLines(review, cluster, paint),
    groupLines('reject', 'Would be rejected', shown, paint, style),
    groupLines('sandbox', 'Would be sandboxed', shown, paint, style),
    groupLines('admit', 'Admitted, with an exemption', shown.filter(isExempt), paint, style),
    costLines(inScope, cluster, paint).flatMap(line => wrap(line, style.width)),
    [
      ...summaryLines(review, cluster, paint),
      ...leftOutSentences(review),
      ...modeLines(inScope),
      ...scoreLegend(shown.filter(isRowed)).map(paint.dim),
    ].flatMap(line => wrap(line, style.width)),
  ];
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Whether the webhook is called: where the mode is off, what it would find does not matter. */
const isInScope = ({ mode }: Reviewed): boolean => mode !== 'off';

/** Whether it has a row: an admitted object has one where an exemption applied. */
const isRowed = (result: Reviewed): boolean => result.decision.verdict !== 'admit' || isExempt(result);

const NAMESPACE = ['NAMESPACE', 'MODE', 'PODS', 'ADMIT', 'SANDBOX', 'REJECT', 'EXTRA CPU', 'EXTRA MEMORY'];
const NAMESPACE_NUMBERS = [2, 3, 4, 5, 6, 7];

function namespaceLines({ results }: Review, cluster: ReviewedCluster, paint: Paint): string[] {
  if (results.length === 0) return [];
  const cellsOf = (name: string, mode: string, some: readonly Reviewed[]): string[] => {
    const pods = some.filter(isPod);
    const { admit, sandbox, reject } = tally(pods.filter(isInScope));
    const cost = costOf(some, cluster);
    const counts = [pods.length, admit, sandbox, reject].map(n => (n === 0 ? '-' : String(n)));
    return [clean(name), mode, ...counts, plus(cpuText(cost.cpu)), plus(memoryText(cost.memory))];
  };
  const rows = byNamespace(results).map(one => cellsOf(one.name, one.mode, one.results));
  const all = [NAMESPACE, ...rows, ...(rows.length > 1 ? [cellsOf('', '', results)] : [])];
  const widths = widthsOf(all);
  return all.map((cells, i) => {
    const row = rowOf(cells, widths, NAMESPACE_NUMBERS);
    return i === 0 || i > rows.length ? paint.head(row) : row;
  });
}

const plus = (text: string): string => (text === '-' ? text : `+${text}`);

function costLines({ results }: Review, cluster: ReviewedCluster, paint: Paint): string[] {
  const classes = Map.groupBy(results.filter(willCost), ({ decision }) => decision.runtimeClass ?? '');
  const counted = [...classes].filter(([name]) => cluster.overheads.has(name));
  const silent = [...classes.keys()].filter(name => !cluster.overheads.has(name));
  const { pods, cpu, memory } = costOf(
    counted.flatMap(([, some]) => some),
    cluster,
  );
  const by = counted.map(([name, some]) => `${count(some.length, 'Pod')} under ${quote(name)}`);
  const sum = `${cpu === 0 ? 'no CPU' : `${cpuText(cpu)} CPU`} and ${memory === 0 ? 'no memory' : memoryText(memory)}`;
  return [
    ...(pods > 0
      ? [
          `${paint.head(`Extra cost: ${sum}`)}, the overhead that the classes add to the requests of ${list(by)}.`,
        ]
      : []),
    ...(silent.length > 0
      ? [
          `${paint.warn('Not counted')}: RuntimeClass ${list(silent.map(name => quote(name)))} states no overhead, so the scheduler does not see what its sandboxes use.`,
        ]
      : []),
  ];
}

/** `5012 Pods in 37 namespaces of context "prod": 4800 admit, 200 sandbox, 12 reject. 31 Pods that have ended were passed over.` */
function summaryLines({ results }: Review, cluster: ReviewedCluster, paint: Paint): string[] {
  const { finished } = cluster;
  const pods = results.filter(isPod);
  const seen = pods.filter(isInScope);
  const outside = pods.filter(({ outOfScope }) => outOfScope).length;
  const off = pods.length - seen.length - outside;
  const parts = [
    ...verdictWords(seen, paint),
    ...(outside > 0 ? [`${outside} out of scope`] : []),
    ...(off > 0 ? [`${off} in mode off`] : []),
  ];
  const others = results.filter(result => !isPod(result) && isInScope(result));
  const [idle, next] = [others.filter(one => !one.isNext), others.filter(one => one.isNext)];
  const where = `${count(byNamespace(results).length, 'namespace')} of ${clusterName(cluster)}`;
  const ended = finished === 1 ? 'has ended was' : 'have ended were';
  return [
    [
      `${count(pods.length, 'Pod')} in ${where}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`,
      ...[exemptCount(seen)].filter(text => text !== ''),
      ...(finished > 0 ? [paint.dim(`${count(finished, 'Pod')} that ${ended} passed over.`)] : []),
      ...(idle.length > 0
        ? [`${count(idle.length, 'workload')} without a Pod now: ${verdictWords(idle, paint).join(', ')}.`]
        : []),
      ...(next.length > 0
        ? [
            `${count(next.length, 'workload')} with a template that is newer than all of its Pods: ${verdictWords(next, paint).join(', ')} by it.`,
          ]
        : []),
    ].join(' '),
  ];
}

function verdictWords(results: readonly Reviewed[], paint: Paint): string[] {
  const counts = tally(results);
  return (['admit', 'sandbox', 'reject'] as const)
    .filter(verdict => counts[verdict] > 0)
    .map(verdict => paint.verdict(verdict, `${counts[verdict]} ${verdict}`));
}
