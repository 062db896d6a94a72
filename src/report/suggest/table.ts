import { START_REASONS } from '../../decision/start-mode.ts';
import type { SignalId } from '../../signals/signal.ts';
import { clean, count, list, someOf } from '../../source/text.ts';
import { rowOf, widthsOf } from '../layout/grid.ts';
import { painter } from '../layout/paint.ts';
import { wrap } from '../layout/wrap.ts';
import type { Style } from '../result.ts';
import { clusterName } from '../words/cluster.ts';
import { byName, isRisky, nextAmong, type Suggested, type Workload, workloadName } from './suggested.ts';

/** The most rows, as a person reads them; the other formats have all. */
const MOST_ROWS = 200;

/** `-o table`: first what could break out, then everything else that is exempt, what no exemption helps, and the modes. */
export function table(suggested: Suggested, { color, width }: Style): string {
  const paint = painter(color);
  const { exemptions, left, namespaces } = suggested;
  const risky = exemptions.filter(isRisky);
  const others = exemptions.filter(one => !isRisky(one));
  const rowsOf = (some: typeof exemptions): Row[] =>
    some.map(({ exemption, runs }) => [
      exemption.metadata.name,
      String([...byName(runs).values()].reduce((sum, pods) => sum + pods, 0)),
      someOf(namesOf(runs)),
      [...new Set<SignalId>(exemption.spec.waive.map(({ signal }) => signal))].join(', '),
    ]);
  const COLUMNS = ['EXEMPTION', 'PODS', 'FOR', 'WAIVES'];
  const sections = [
    section(paint.bad('Could take over a node: to be looked at, not to be signed'), COLUMNS, rowsOf(risky)),
    section('Exempt', COLUMNS, rowsOf(others)),
    section(
      paint.bad('Would be rejected, and no exemption helps'),
      ['OBJECT', 'NAMESPACE', 'WHY'],
      left.map(({ workload, decision }) => [
        clean(workloadName(workload)) + (workload.isNext ? ' (next Pods)' : ''),
        clean(workload.namespace),
        decision.outcome,
      ]),
    ),
    section(
      'Modes',
      ['NAMESPACE', 'NOW', 'START', 'PODS', 'BECAUSE'],
      namespaces.map(({ name, current, mode, pods, because }) => [
        clean(name),
        current ?? '-',
        mode,
        String(pods),
        START_REASONS[because],
      ]),
    ),
    wrap(summaryOf(suggested), width),
  ];
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Row = readonly string[];

/** Names workloads without the number of their Pods, which has a column of its own. */
function namesOf(runs: readonly Workload[]): readonly string[] {
  const next = nextAmong(runs);
  return [...byName(runs).keys()].map(name => clean(name) + (next.has(name) ? ' (next Pods)' : ''));
}

function section(title: string, head: Row, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const shown = [head, ...rows.slice(0, MOST_ROWS)];
  const widths = widthsOf(shown);
  const more = rows.length > MOST_ROWS ? [`… and ${rows.length - MOST_ROWS} more`] : [];
  return [title, ...shown.map(row => rowOf(row, widths, [head.indexOf('PODS')])), ...more];
}

/** The summary, which also goes to standard error where another format goes to standard output. */
export const summaryOf = (suggested: Suggested): string =>
  `To start with on ${clusterName(suggested.cluster)}: ${exemptionCount(suggested)}; ${namespaceCount(suggested)}`;

/** `6 namespaces (3 warn and 3 enforce). No exemption helps 1 workload.` */
export function namespaceCount({ namespaces, left }: Pick<Suggested, 'namespaces' | 'left'>): string {
  const counts = [...Map.groupBy(namespaces, ({ mode }) => mode)].map(
    ([mode, { length }]) => `${length} ${mode}`,
  );
  const modes = counts.length > 0 ? ` (${list(counts)})` : '';
  const rest = left.length > 0 ? ` No exemption helps ${count(left.length, 'workload')}.` : '';
  return `${count(namespaces.length, 'namespace')}${modes}.${rest}`;
}

/** `3 exemptions, 1 of which could take over a node`; where there are no others, `3 exemptions, all of which` or `1 exemption, which` */
export function exemptionCount({ exemptions }: Pick<Suggested, 'exemptions'>): string {
  const risky = exemptions.filter(isRisky).length;
  const all = exemptions.length;
  const which = risky < all ? `${risky} of which` : all === 1 ? 'which' : 'all of which';
  return `${count(all, 'exemption')}${risky > 0 ? `, ${which} could take over a node` : ''}`;
}
