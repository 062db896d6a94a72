import { type Isolation, rank } from '../../profiles/isolation.ts';
import type { Reviewed } from '../result.ts';
import { isWaiting, waitsSuffix } from '../waiting.ts';
import type { Judged, Pair } from './change.ts';

/** Some Pods of an object, and where they run: those of a DaemonSet may run in several places. */
export interface Share {
  /** Undefined where they are rejected. */
  readonly isolation?: Isolation;
  /** Undefined on the host kernel, and where they are rejected. */
  readonly runtimeClass?: string;
  readonly waits: boolean;
  readonly pods: number;
}

/** Where the Pods of an object run; none where it has none. */
export function sharesOf(one: Judged): readonly Share[] {
  const { decision, nodes, pods } = one;
  const { verdict, placement } = decision;
  if (pods === 0) return [];
  if (verdict === 'reject') return [{ waits: false, pods }];
  const here = placeOf(one);
  if (!nodes || here.waits) return [{ ...here, pods }];
  const shares = [
    { ...here, waits: true, pods: nodes.cannotRun.length },
    ...nodes.otherwise.map(({ runtimeClass, nodes: { length } }) => {
      const isolation =
        placement.find(step => step.runtimeClass === runtimeClass)?.isolation ?? 'host-kernel';
      return { runtimeClass, isolation, waits: false, pods: length };
    }),
  ];
  const elsewhere = shares.reduce((sum, share) => sum + share.pods, 0);
  return [...shares, { ...here, pods: pods - elsewhere }].filter(share => share.pods > 0);
}

const placeOf = (result: Reviewed): Omit<Share, 'pods'> => {
  const { runtimeClass, isolation = 'host-kernel' } = result.decision;
  return { isolation, ...(runtimeClass !== undefined && { runtimeClass }), waits: isWaiting(result) };
};

/** Where an object runs: a class with its isolation, for which it may have to wait, the host kernel, or nowhere. */
export const whereOf = (result: Reviewed): string =>
  result.decision.verdict === 'reject'
    ? 'rejected'
    : wordsOf({ ...placeOf(result), waits: false }) + waitsSuffix(result);

function wordsOf({ isolation, runtimeClass, waits }: Omit<Share, 'pods'>): string {
  if (isolation === undefined) return 'rejected';
  const where = runtimeClass === undefined ? 'host kernel' : `${runtimeClass} (${isolation})`;
  return waits ? `${where}, waits` : where;
}

/** How many Pods run where, before and after. */
export interface Sum {
  readonly where: string;
  readonly before: number;
  readonly after: number;
}

/** The sums in the order of isolation, least first, rejected last. */
export function sumsOf({ pairs }: { readonly pairs: readonly Pair[] }): readonly Sum[] {
  const places = new Map<string, { order: number; before: number; after: number }>();
  const add = (one: Judged, side: 'before' | 'after'): void => {
    for (const share of sharesOf(one)) {
      const where = wordsOf(share);
      const order = share.isolation === undefined ? Number.POSITIVE_INFINITY : rank(share.isolation);
      const place = places.get(where) ?? { order, before: 0, after: 0 };
      place[side] += share.pods;
      places.set(where, place);
    }
  };
  for (const { before, after } of pairs) {
    add(before, 'before');
    add(after, 'after');
  }
  return [...places]
    .filter(([, { before, after }]) => before + after > 0)
    .map(([where, place]) => ({ where, ...place }))
    .sort((a, b) => compare(a.order, b.order) || compare(a.where, b.where))
    .map(({ order: _, ...sum }) => sum);
}

const compare = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : Number(a > b));
