import type { Decision } from '../../decision/decision.ts';
import type { Assumed } from '../../input/assumed.ts';
import { type Isolation, rank } from '../../profiles/isolation.ts';
import type { Problem } from '../../source/document.ts';
import type { ClusterPlace, Overhead, Reviewed } from '../result.ts';
import { type Cost, costOf } from '../review/cluster/cost.ts';
import { isWaiting, waitingOf } from '../waiting.ts';

/** What happens to an object, with the words for it, beginning with what hurts most. */
export const FATES = {
  rejected: 'newly rejected',
  weaker: 'less isolated',
  waiting: 'would wait',
  stronger: 'better isolated',
  accepted: 'no longer rejected',
  running: 'no longer waits',
  class: 'another class',
  score: 'another score',
} as const;
export type Fate = keyof typeof FATES;

/** What hurts: what no longer starts, what can do more harm than before, and what would start and find no node. */
export const HURTS: readonly Fate[] = ['rejected', 'weaker', 'waiting'];

/** One object, judged by what was and by what will be. */
export interface Pair {
  readonly before: Reviewed;
  readonly after: Reviewed;
}

export interface Change extends Pair {
  /** The gravest of what becomes of it. */
  readonly fate: Fate;
  /** All of it. */
  readonly fates: readonly Fate[];
  /** How many Pods of one owner in a cluster change alike; 0 for a workload that has none now. */
  readonly pods: number;
}

/** Everything a report of a difference is made of. */
export interface Difference {
  /** The version of this program. */
  readonly version: string;
  /** All objects that were judged and are in scope. */
  readonly pairs: readonly Pair[];
  readonly changes: readonly Change[];
  /** How many objects the API server asks nobody about. */
  readonly outOfScope: number;
  readonly problems: readonly Problem[];
  /** The names of the policies in force, before and after. */
  readonly policies: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** What either side assumed. Undefined for a cluster, where everything that decides is known. */
  readonly assumed?: Assumed;
  /** Set where the objects are the Pods of a cluster. */
  readonly cluster?: ClusterPlace & { readonly overheads: ReadonlyMap<string, Overhead> };
}

/** All that becomes of an object, the gravest first: what is less isolated may wait besides. Empty where nobody notices. */
export function fatesOf({ before, after }: Pair): readonly Fate[] {
  const [was, is] = [before.decision, after.decision];
  const fates = [isolationFate(was, is), waitingFate(before, after)].filter(fate => fate !== undefined);
  if (fates.length > 0) return fates.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (is.runtimeClass !== was.runtimeClass) return ['class'];
  return isScoredOtherwise(before, after) ? ['score'] : [];
}

/** Whether more or fewer of its Pods find no node. What is rejected on either side has another fate. */
function waitingFate(before: Reviewed, after: Reviewed): 'waiting' | 'running' | undefined {
  if ([before, after].some(({ decision }) => decision.verdict === 'reject')) return undefined;
  const [was, is] = [waitingOf(before), waitingOf(after)];
  if (was === is) return undefined;
  return is > was ? 'waiting' : 'running';
}

/** Whether an object runs, and how well it is then isolated. */
interface Isolated {
  readonly verdict: Decision['verdict'];
  readonly isolation?: Isolation | null;
}

/** @returns undefined where it is still rejected, or is as well isolated as before */
export function isolationFate(
  was: Isolated,
  is: Isolated,
): 'rejected' | 'accepted' | 'weaker' | 'stronger' | undefined {
  if (is.verdict === 'reject') return was.verdict === 'reject' ? undefined : 'rejected';
  if (was.verdict === 'reject') return 'accepted';
  const difference = rank(is.isolation ?? 'host-kernel') - rank(was.isolation ?? 'host-kernel');
  if (difference === 0) return undefined;
  return difference < 0 ? 'weaker' : 'stronger';
}

function isScoredOtherwise(before: Reviewed, after: Reviewed): boolean {
  const [was, is] = [before.decision, after.decision];
  return was.governing.score !== is.governing.score || was.required !== is.required;
}

const ORDER = Object.keys(FATES) as Fate[];

/** The changes, beginning with what hurts. Pods of one owner that change alike are one change. */
export function changesIn(pairs: readonly Pair[]): readonly Change[] {
  const changed = pairs.flatMap(pair => {
    const fates = fatesOf(pair);
    return fates[0] ? [{ ...pair, fate: fates[0], fates }] : [];
  });
  return [...Map.groupBy(changed, keyOf).values()]
    .flatMap(alike => {
      const [first] = alike;
      if (!first) return [];
      return [{ ...first, pods: alike.filter(({ after }) => after.owner && after.kind === 'Pod').length }];
    })
    .sort((a, b) => ORDER.indexOf(a.fate) - ORDER.indexOf(b.fate) || b.pods - a.pods);
}

function keyOf({ fate, before, after }: Pair & { readonly fate: Fate }): string {
  const { namespace, kind, name, owner, source } = after;
  const states = [before, after].map(one => {
    const { verdict, runtimeClass, required, governing } = one.decision;
    return [verdict, runtimeClass, required, governing.score, String(waitingOf(one))];
  });
  const who = owner ? [owner.kind, owner.name] : [kind, name, source.file, source.line];
  return JSON.stringify([fate, namespace, who, states]);
}

/** Where an object runs: a class with its isolation, for which it may have to wait, the host kernel, or nowhere. */
export function whereOf(result: Reviewed): string {
  const { verdict, runtimeClass, isolation } = result.decision;
  if (verdict === 'reject') return 'rejected';
  const where = runtimeClass === undefined ? 'host kernel' : `${runtimeClass} (${isolation})`;
  return isWaiting(result) ? `${where}, waits` : where;
}

/** How many objects run in one place, before and after; for a cluster, these are Pods. */
export interface Sum {
  readonly where: string;
  readonly before: number;
  readonly after: number;
}

/** The sums in the order of isolation, least first, rejected last. */
export function sumsOf({ pairs, cluster }: Difference): readonly Sum[] {
  const counted = cluster ? pairs.filter(({ after }) => after.kind === 'Pod') : pairs;
  const places = new Map<string, { order: number; before: number; after: number }>();
  const count = (one: Reviewed, side: 'before' | 'after'): void => {
    const { verdict, isolation } = one.decision;
    const order = verdict === 'reject' ? Number.POSITIVE_INFINITY : rank(isolation ?? 'host-kernel');
    const place = places.get(whereOf(one)) ?? { order, before: 0, after: 0 };
    place[side]++;
    places.set(whereOf(one), place);
  };
  for (const { before, after } of counted) {
    count(before, 'before');
    count(after, 'after');
  }
  return [...places]
    .map(([where, place]) => ({ where, ...place }))
    .sort((a, b) => compare(a.order, b.order) || compare(a.where, b.where))
    .map(({ order: _, ...sum }) => sum);
}

const compare = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : Number(a > b));

/** What changes, in a few words. Where nothing was compared, it does not say that nothing changes. */
export const changeWords = ({ changes, pairs }: Pick<Difference, 'changes' | 'pairs'>): string => {
  if (pairs.length === 0) return 'nothing to compare';
  return changes.length === 0 ? 'nothing changes' : countsOf(changes);
};

/** `1 newly rejected, 3 better isolated`; empty where nothing changes. */
const countsOf = (changes: readonly Change[]): string =>
  ORDER.map(fate => [changes.filter(one => one.fate === fate).length, FATES[fate]] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(', ');

/** What injected sandboxes add to the requests of Pods, before and after. */
export const costsOf = (
  pairs: Difference['pairs'],
  cluster: NonNullable<Difference['cluster']>,
): { readonly was: Cost; readonly is: Cost } => ({
  was: costOf(
    pairs.map(({ before }) => before),
    cluster,
  ),
  is: costOf(
    pairs.map(({ after }) => after),
    cluster,
  ),
});
