/**
 * Writes what a change does to workloads, as Markdown: `node scripts/action/changes.ts BASE.json HEAD.json`, from two outputs
 * of `cofferdam review -o json`. Workloads that are rejected, less isolated than before, or without a node, come first; where
 * nothing has changed, it writes nothing.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { Isolation } from '../../src/profiles/isolation.ts';
import { HURTS, isolationFate } from '../../src/report/diff/change.ts';
import { codeInRow, inText } from '../../src/report/review/markdown.ts';
import { type Scheduled, waitingFate, waitsSuffixOf } from '../../src/report/waiting.ts';
import { sentence } from '../../src/source/text.ts';

/** The rows of a comment: the worst come first, and nobody reads on. */
const MOST_ROWS = 50;

/** The part of docs/schema/review.schema.json that tells where an object runs. */
interface Result {
  readonly source: string;
  readonly line: number | null;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly outOfScope?: true;
  readonly verdict: 'admit' | 'sandbox' | 'reject';
  readonly runtimeClass: string | null;
  readonly isolation: Isolation | null;
  readonly waits?: true;
  readonly nodes?: NonNullable<Scheduled['nodes']>;
  readonly reasons: readonly string[];
}

interface Review {
  readonly results: readonly Result[];
}

/** The fate of an object, the worst first: its mark, and its name in the headline. */
const FATES = {
  rejected: ['❌', 'rejected'],
  weaker: ['⬇️', 'less isolated'],
  waiting: ['⏳', 'would wait'],
  new: ['🆕', 'new in a sandbox'],
  stronger: ['⬆️', 'better isolated'],
  accepted: ['✅', 'no longer rejected'],
  running: ['▶️', 'no longer waits'],
} as const;
type Fate = keyof typeof FATES;

interface Change {
  readonly fate: Fate;
  readonly before: Result | undefined;
  readonly after: Result;
}

/** @returns an empty text where no object in scope has changed */
export function changes(base: Review, head: Review): string {
  const found = changesOf(base, head);
  if (found.length === 0) return '';
  const isWorse = found.some(({ fate }) => WORSE.has(fate));
  const rows = found.slice(0, MOST_ROWS).map(rowOf);
  const more = found.length - rows.length;
  return [
    `### ${isWorse ? '⚠️' : '✅'} What this change does: ${counts(found)}`,
    '',
    '| | object | namespace | before | now | where |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `And ${more} more.`] : []),
    '',
  ].join('\n');
}

const WORSE: ReadonlySet<string> = new Set(HURTS);
const ORDER = Object.keys(FATES) as Fate[];

function changesOf(base: Review, head: Review): readonly Change[] {
  return pairs(base.results.filter(isInScope), head.results.filter(isInScope))
    .flatMap(pair => {
      const fate = fateOf(pair.before, pair.after);
      return fate ? [{ ...pair, fate }] : [];
    })
    .toSorted((a, b) => ORDER.indexOf(a.fate) - ORDER.indexOf(b.fate));
}

const isInScope = ({ outOfScope }: Result): boolean => !outOfScope;

/**
 * Pairs each object with what it was before. An object may stand in several files, such as those of a staging and a production
 * cluster. It is then paired with the one of the same file; where the file was renamed, with the next one that is left.
 */
function pairs(base: readonly Result[], head: readonly Result[]): readonly Omit<Change, 'fate'>[] {
  const left = Map.groupBy(base, nameOf);
  const take = (after: Result, isIt: (before: Result) => boolean): Result | undefined => {
    const candidates = left.get(nameOf(after)) ?? [];
    const at = candidates.findIndex(isIt);
    return at < 0 ? undefined : candidates.splice(at, 1)[0];
  };
  const same = head.map(after => take(after, ({ source }) => source === after.source));
  return head.map((after, i) => ({ after, before: same[i] ?? take(after, () => true) }));
}

const nameOf = ({ kind, namespace, name }: Result): string => JSON.stringify([kind, namespace, name]);

function fateOf(before: Result | undefined, after: Result): Fate | undefined {
  if (before)
    return worstOf([isolationFate(before, after), waitingFate(scheduled(before), scheduled(after))]);
  if (after.verdict === 'reject') return 'rejected';
  if (waitsSuffixOf(scheduled(after)) !== '') return 'waiting';
  return after.verdict === 'sandbox' ? 'new' : undefined;
}

const worstOf = (fates: readonly (Fate | undefined)[]): Fate | undefined =>
  ORDER.find(fate => fates.includes(fate));

const scheduled = ({ waits, ...result }: Result): Scheduled => ({ ...result, waits: waits === true });

/** `1 rejected, 2 less isolated` */
const counts = (found: readonly Change[]): string =>
  ORDER.map(fate => [found.filter(change => change.fate === fate).length, FATES[fate][1]] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(', ');

function rowOf({ fate, before, after }: Change): string {
  const { kind, name, namespace, source, line } = after;
  const [mark, words] = FATES[fate];
  const cells = [
    `${mark} ${words}`,
    codeInRow(`${kind}/${name || '(unnamed)'}`),
    codeInRow(namespace),
    before ? stateOf(before) : '',
    after.verdict === 'reject' ? inText(sentence(after.reasons[0] ?? '')) : stateOf(after),
    codeInRow(line === null ? source : `${source}:${line}`),
  ];
  return `| ${cells.join(' | ')} |`;
}

function stateOf(result: Result): string {
  const { verdict, runtimeClass, isolation } = result;
  if (verdict === 'reject') return 'rejected';
  const where = runtimeClass === null ? 'host kernel' : `${codeInRow(runtimeClass)} (${isolation})`;
  return where + waitsSuffixOf(scheduled(result));
}

if (import.meta.main) {
  const [base, head] = process.argv.slice(2).map(file => JSON.parse(readFileSync(file, 'utf8')) as Review);
  if (!base || !head) throw new Error('usage: node scripts/action/changes.ts BASE.json HEAD.json');
  process.stdout.write(changes(base, head));
}
