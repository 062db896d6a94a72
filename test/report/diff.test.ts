import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, VERDICTS } from '../../src/decision/decision.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { changesIn, FATES, type Fate, fatesOf, type Judged } from '../../src/report/diff/change.ts';
import { sumsOf } from '../../src/report/diff/where.ts';

/** The part of a decision that a difference looks at. */
const decided = fc
  .record({
    verdict: fc.constantFrom(...VERDICTS),
    outcome: fc.constantFrom(...OUTCOMES),
    runtimeClass: fc.constantFrom('gvisor', 'gvisor-2', 'kata-qemu', undefined),
    isolation: fc.constantFrom(...ISOLATIONS),
    required: fc.constantFrom(...ISOLATIONS),
    score: fc.nat(100),
    available: fc.boolean(),
  })
  .map(({ verdict, runtimeClass, isolation, score, available, ...rest }) => ({
    ...rest,
    verdict,
    ...(verdict !== 'reject' && { isolation: runtimeClass ? isolation : ('host-kernel' as const) }),
    ...(verdict !== 'reject' && runtimeClass && { runtimeClass }),
    governing: { policy: 'balanced', score },
    placement: runtimeClass ? [{ runtimeClass, chosen: verdict !== 'reject', available }] : [],
  }));
const sides = fc.record({ before: decided, after: decided, name: fc.constantFrom('a', 'b', 'c') });

const pairOf = ({ before, after, name }: { before: object; after: object; name: string }) => {
  const side = (decision: object) =>
    ({
      kind: 'Pod',
      namespace: 'shop',
      name,
      source: { file: 'a.yaml', line: 1 },
      decision,
      pods: 1,
    }) as unknown as Judged;
  return { before: side(before), after: side(after) };
};

const REVERSE: Readonly<Record<Fate, Fate>> = {
  rejected: 'accepted',
  accepted: 'rejected',
  weaker: 'stronger',
  waiting: 'running',
  running: 'waiting',
  stronger: 'weaker',
  class: 'class',
  score: 'score',
};

describe('a difference', () => {
  it('is the opposite, seen from the other side', () => {
    fc.assert(
      fc.property(sides, ({ before, after, name }) => {
        const there = fatesOf(pairOf({ before, after, name }));
        const back = fatesOf(pairOf({ before: after, after: before, name }));
        expect(back.toSorted()).toEqual(there.map(fate => REVERSE[fate]).toSorted());
      }),
    );
  });

  it('is none where nothing was decided otherwise', () => {
    fc.assert(
      fc.property(decided, one => {
        expect(fatesOf(pairOf({ before: one, after: one, name: 'a' }))).toEqual([]);
      }),
    );
  });

  it('loses no object: what runs somewhere before runs somewhere after, or is rejected', () => {
    fc.assert(
      fc.property(fc.array(sides), all => {
        const pairs = all.map(pairOf);
        const sums = sumsOf({ pairs });
        const total = (side: 'before' | 'after') => sums.reduce((sum, one) => sum + one[side], 0);
        expect([total('before'), total('after')]).toEqual([pairs.length, pairs.length]);
      }),
    );
  });

  it('tells what hurts first', () => {
    fc.assert(
      fc.property(fc.array(sides), all => {
        const order = changesIn(all.map(pairOf)).map(({ fate }) => Object.keys(FATES).indexOf(fate));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });
});
