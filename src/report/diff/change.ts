import type { Decision } from '../../decision/decision.ts';
import type { Assumed } from '../../input/assumed.ts';
import { type Isolation, rank } from '../../profiles/isolation.ts';
import type { Problem } from '../../source/document.ts';
import type { ClusterPlace, Overhead, Reviewed } from '../result.ts';
import { type Cost, costOf } from '../review/cluster/cost.ts';

/** What happens to an object, with the words for it, beginning with what hurts most. */
export const FATES = {
  rejected: 'newly rejected',
  weaker: 'less isolated',
  stronger: 'better isolated',
  accepted: 'no longer rejected',
  class: 'another class',
  score: 'another score',
} as const;
export type Fate = keyof typeof FATES;

/** The two changes that hurt: an object no longer starts, or can do more harm than before. */
export const HURTS: readonly Fate[] = ['rejected', 'weaker'];

/** One object, judged by what was and by what will be. */
export interface Pair {
  readonly before: Reviewed;
  readonly after: Reviewed;
}

export interface Change extends Pair {
  readonly fate: Fate;
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

/** @returns undefined where nothing changes that anybody would notice */
export function fateOf({ before, after }: Pair): Fate | undefined {
  const [was, is] = [before.decision, after.decision];
  return (
    isolationFate(was, is) ?? (is.runtimeClass === was.runtimeClass ? scoreFate(before, after) : 'class')
  );
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

function scoreFate(before: Reviewed, after: Reviewed): Fate | undefined {
  const [was, is] = [before.decision, after.decision];
  const same = was.governing.score === is.governing.score && was.required === is.required;
  return same ? undefined : 'score';
}

const ORDER = Object.keys(FATES) as Fate[];

/** The changes, beginning with what hurts. Pods of one owner that change alike are one change. */
export function changesIn(pairs: readonly Pair[]): readonly Change[] {
  const changed = pairs.flatMap(pair => {
    const fate = fateOf(pair);
    return fate ? [{ ...pair, fate }] : [];
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
  const states = [before, after].map(({ decision: { verdict, runtimeClass, required, governing } }) => [
    ...[verdict, runtimeClass, required, governing.score],
  ]);
  const who = owner ? [owner.kind, owner.name] : [kind, name, source.file, source.line];
  return JSON.stringify([fate, namespace, who, states]);
}

/** Where an object runs: a class with its isolation, the host kernel, or nowhere. */
export function whereOf({ decision }: Reviewed): string {
  const { verdict, runtimeClass, isolation } = decision;
  if (verdict === 'reject') return 'rejected';
  return runtimeClass === undefined ? 'host kernel' : `${runtimeClass} (${isolation})`;
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
