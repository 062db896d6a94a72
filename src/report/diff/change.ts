import type { Decision } from '../../decision/decision.ts';
import type { Assumed } from '../../input/assumed.ts';
import { type Isolation, rank } from '../../profiles/isolation.ts';
import type { Problem } from '../../source/document.ts';
import type { ClusterPlace, Overhead, Reviewed } from '../result.ts';
import { waitingChange, waitingOf } from '../waiting.ts';

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

/** One object on one side. */
export interface Judged extends Reviewed {
  /** How many Pods it stands for: of a cluster, itself, or none where it is a workload that has none now. */
  readonly pods: number;
}

/** One object, judged by what was and by what will be. */
export interface Pair {
  readonly before: Judged;
  readonly after: Judged;
}

export interface Change extends Pair {
  /** The gravest of what becomes of it. */
  readonly fate: Fate;
  /** All of it. */
  readonly fates: readonly Fate[];
  /** How many Pods change so, those of one owner together; 0 for a workload that has none now. */
  readonly pods: number;
}

/** What sandboxes cost, by the names of their classes. */
export type Overheads = ReadonlyMap<string, Overhead>;

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
  readonly cluster?: ClusterPlace;
  /** What the classes of either side say that a sandbox costs; only those that say so. */
  readonly overheads: { readonly before: Overheads; readonly after: Overheads };
}

/** All that becomes of an object, the gravest first: what is less isolated may wait besides. Empty where nobody notices. */
export function fatesOf({ before, after }: Pair): readonly Fate[] {
  const [was, is] = [before.decision, after.decision];
  const fates = [isolationFate(was, is), waitingChange(before, after)].filter(fate => fate !== undefined);
  if (fates.length > 0) return fates.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (is.runtimeClass !== was.runtimeClass) return ['class'];
  return isScoredOtherwise(before, after) ? ['score'] : [];
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
      return [{ ...first, pods: alike.reduce((sum, pair) => sum + podsOf(pair), 0) }];
    })
    .sort((a, b) => ORDER.indexOf(a.fate) - ORDER.indexOf(b.fate) || b.pods - a.pods);
}

/** Of a DaemonSet, another number of nodes is another number of Pods. */
export const podsOf = ({ before, after }: Pair): number => Math.max(before.pods, after.pods);

function keyOf({ fate, before, after }: Pair & { readonly fate: Fate }): string {
  const { namespace, kind, name, owner, source } = after;
  const states = [before, after].map(one => {
    const { verdict, runtimeClass, required, governing } = one.decision;
    return [verdict, runtimeClass, required, governing.score, String(waitingOf(one))];
  });
  const who = owner ? [owner.kind, owner.name] : [kind, name, source.file, source.line];
  return JSON.stringify([fate, namespace, who, states]);
}

/** What changes in a few words. That nothing was compared does not say that nothing changes. */
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
