import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import type { Judged } from '../../src/report/diff/change.ts';
import { movesOf } from '../../src/report/diff/moves.ts';
import { sumsOf } from '../../src/report/diff/where.ts';

const NODES = ['a', 'b', 'c', 'd'];
const side = fc
  .record({
    verdict: fc.constantFrom('admit', 'sandbox', 'reject'),
    isolation: fc.constantFrom(...ISOLATIONS),
    available: fc.boolean(),
    pods: fc.nat(9),
    nodes: fc.option(fc.record({ goesTo: fc.nat(4), waiting: fc.nat(4), other: fc.nat(4) }), {
      nil: undefined,
    }),
  })
  .map(({ verdict, isolation, available, pods, nodes }): Judged => {
    const runtimeClass = isolation === 'host-kernel' ? undefined : 'class';
    const cannotRun = NODES.slice(0, Math.min(nodes?.goesTo ?? 0, nodes?.waiting ?? 0));
    const rest = (nodes?.goesTo ?? 0) - cannotRun.length;
    const others = NODES.slice(0, Math.min(rest, nodes?.other ?? 0));
    return {
      decision: {
        verdict,
        isolation,
        runtimeClass,
        placement: [{ runtimeClass, chosen: true, available, isolation }],
      },
      pods: nodes?.goesTo ?? pods,
      ...(nodes && {
        nodes: { goesTo: nodes.goesTo, cannotRun, otherwise: [{ runtimeClass: 'other', nodes: others }] },
      }),
    } as unknown as Judged;
  });

describe('the Pods that move', () => {
  it('are as many on either side as the sums have', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ before: side, after: side })), pairs => {
        const moves = movesOf(pairs);
        const sums = sumsOf({ pairs });
        const total = (end: 'from' | 'to'): number =>
          moves.filter(move => move[end] !== 'gone').reduce((all, { count }) => all + count, 0);
        expect([total('from'), total('to')]).toEqual([
          sums.reduce((all, { before }) => all + before, 0),
          sums.reduce((all, { after }) => all + after, 0),
        ]);
        expect(moves.every(({ from, to }) => from !== 'gone' || to !== 'gone')).toBe(true);
      }),
    );
  });

  it('stay where they are where nothing changes', () => {
    fc.assert(
      fc.property(fc.array(side), all => {
        const moves = movesOf(all.map(one => ({ before: one, after: one })));
        expect(moves.filter(({ from, to }) => from !== to)).toEqual([]);
      }),
    );
  });
});
