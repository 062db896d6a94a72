import { details } from './details.ts';
import { columns, fill } from './layout.ts';
import { type Paint, painter } from './paint.ts';
import { type Review, type Reviewed, type Style, tally } from './result.ts';
import { clean, count } from './text.ts';
import { someOf } from './words.ts';

const HEADERS = ['VERDICT', 'OBJECT', 'NAMESPACE', 'CLASS', 'SCORE', 'REQUIRED'] as const;

/** `-o table`: a row an object, below it what led to a verdict other than admit, and a summary. */
export function table(review: Review, style: Style): string {
  const paint = painter(style.color);
  const rows = review.results.map(cellsOf);
  const widths = HEADERS.map((header, i) =>
    rows.reduce((widest, cells) => Math.max(widest, columns(cells[i] ?? '')), columns(header)),
  );
  const lines = review.results.length > 0 ? [paint.head(rowOf(HEADERS, widths))] : [];
  review.results.forEach((result, i) => {
    lines.push(
      rowOf(rows[i] ?? [], widths, text => paint.verdict(result.decision.verdict, text)),
      ...details(result, paint, style.width),
    );
  });
  if (lines.length > 0) lines.push('');
  lines.push(summary(review, paint), ...modeLines(review));
  return `${lines.join('\n')}\n`;
}

/** `reject (audit)`: what the namespace's mode makes of a verdict, where it is not what the verdict says. */
function verdictWords({ decision: { verdict }, mode }: Reviewed): string {
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

const NUMBER_COLUMN = 4;
const asIs = (text: string): string => text;

function rowOf(cells: readonly string[], widths: readonly number[], paintFirst = asIs): string {
  return cells
    .map((cell, i) => {
      const blanks = fill(cell, widths[i] ?? 0);
      if (i === NUMBER_COLUMN) return `${blanks}${cell}`;
      return `${i === 0 ? paintFirst(cell) : cell}${blanks}`;
    })
    .join('  ')
    .trimEnd();
}

/** What becomes of the verdicts where the webhook does not do all it could. */
const MODES: Readonly<Record<string, string>> = {
  off: 'the webhook does not look; these verdicts are what it would find.',
  audit: 'verdicts are recorded; nobody is warned, nothing is changed or rejected.',
  warn: 'clients are warned; nothing is changed or rejected.',
  inject: 'classes are set, and clients warned; nothing is rejected.',
};

/** Where modes differ, each with its namespaces: what it says of one is not so in the others. */
function modeLines({ results }: Review): string[] {
  const byMode = Map.groupBy(results, ({ mode }) => mode);
  return Object.entries(MODES).flatMap(([mode, what]) => {
    const those = byMode.get(mode);
    if (!those) return [];
    const namespaces = [...new Set(those.map(({ namespace }) => clean(namespace)))];
    const where =
      byMode.size > 1
        ? ` (${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${someOf(namespaces)})`
        : '';
    return [`Mode ${mode}${where}: ${what}`];
  });
}

/** `12 objects: 9 admit, 2 sandbox, 1 reject. 3 objects of other kinds passed over.` */
function summary(review: Review, paint: Paint): string {
  const { total, skipped, ...verdicts } = tally(review);
  const parts = (['admit', 'sandbox', 'reject'] as const)
    .filter(verdict => verdicts[verdict] > 0)
    .map(verdict => paint.verdict(verdict, `${verdicts[verdict]} ${verdict}`));
  const problems = review.problems.filter(({ severity }) => severity === 'error').length;
  return [
    `${count(total, 'object')} judged${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`,
    ...(skipped > 0 ? [paint.dim(`${count(skipped, 'object')} of other kinds passed over.`)] : []),
    ...(problems > 0 ? [paint.bad(`${count(problems, 'problem')}: not everything was judged.`)] : []),
  ].join(' ');
}
