import { addMoves, type End, type Move } from '../html/charts/flow.ts';
import type { Judged, Pair } from './change.ts';
import { type Share, sharesOf } from './where.ts';

/** Counts the Pods that move from one place to another: on either side, there are as many as in the sums. */
export const movesOf = (pairs: readonly Pair[]): readonly Move[] => addMoves(pairs.flatMap(movesIn));

/** Those of a DaemonSet that run where they did stay there; of all others, nobody knows which one is which. */
function movesIn({ before, after }: Pair): readonly Move[] {
  const [from, to] = [endsOf(before), endsOf(after)];
  const moves: Move[] = [];
  const move = (start: End, end: End): void => {
    const count = Math.min(from.get(start) ?? 0, to.get(end) ?? 0);
    if (count === 0) return;
    moves.push({ from: start, to: end, count });
    from.set(start, (from.get(start) ?? 0) - count);
    to.set(end, (to.get(end) ?? 0) - count);
  };
  for (const end of from.keys()) move(end, end);
  for (const start of from.keys()) for (const end of to.keys()) move(start, end);
  return [
    ...moves,
    ...[...from].map(([start, count]): Move => ({ from: start, to: 'gone', count })),
    ...[...to].map(([end, count]): Move => ({ from: 'gone', to: end, count })),
  ].filter(({ count }) => count > 0);
}

function endsOf(one: Judged): Map<End, number> {
  const ends = new Map<End, number>();
  for (const share of sharesOf(one)) ends.set(endOf(share), (ends.get(endOf(share)) ?? 0) + share.pods);
  return ends;
}

const endOf = ({ isolation, waits }: Share): End => (waits ? 'waiting' : (isolation ?? 'rejected'));
