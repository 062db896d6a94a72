import { describe, expect, it } from 'vitest';
import { aligned } from '../../support/aligned.ts';
import { FLOORS, isWithin } from './goals.ts';
import type { ControlName } from './options.ts';
import { readOptions } from './options.ts';
import { type Block, type Measured, Results, ratio } from './results.ts';
import { failuresOf, reportOf } from './table.ts';

/** Creations that all have these figures. */
function blockOf(p50: number, rate: number): Block {
  const creations = (['plain', 'high'] as const).flatMap(kind =>
    [1, 16].map(clients => ({
      ...{ kind, clients, p50, rate, p99: p50, apiCpu: p50, hookCpu: 0, apiMemory: 1, hookMemory: 0 },
    })),
  );
  return { creations, lives: [] };
}

/** One round of a control, with `none` milliseconds just before it. */
const measured = (
  round: number,
  control: ControlName,
  none: number,
  p50: number,
  rate: number,
): Measured => ({
  ...{ round, control, ...blockOf(p50, rate), before: blockOf(none, 1000) },
});

/** Rounds that drift: what is added stays the same. */
const drifting = new Results([
  ...[1, 2, 10].map((p50, i) => measured(i + 1, 'none', p50, p50, 1000)),
  ...[1, 3, 10].map((none, i) => measured(i + 1, 'cel', none, none + 1, 800)),
  ...[2, 20, 1].map((none, i) => measured(i + 1, 'guard', none, none + 2.5 + i, 500)),
  ...[600, 700, 800].map((rate, i) => measured(i + 1, 'echo', 1, 3, rate)),
  ...[150, 150, 150].map((rate, i) => measured(i + 1, 'enforce', 1, 4, rate)),
]);

describe('results', () => {
  it('take the median of what each round adds to none just before, not the difference of medians', () => {
    expect(drifting.creation('none', 'plain', 1, 'p50')()).toBe(2);
    expect(drifting.creation('guard', 'plain', 1, 'p50')()).toBe(5.5);
    const more = drifting.creationMore('guard', 'plain', 1, 'p50');
    expect(more()).toBe(3.5);
    expect(drifting.range(more)).toEqual([2.5, 4.5]);
  });

  it('have no figure of what was not measured, and no ratio to what noise ate', () => {
    const webhooks = drifting.creation('webhooks', 'plain', 1, 'p50');
    expect(webhooks()).toBeUndefined();
    expect(ratio(webhooks, () => 1)()).toBeUndefined();
    expect(
      ratio(
        () => 1,
        () => -0.1,
      )(),
    ).toBeUndefined();
  });
});

describe('the floors', () => {
  it('fail what is beyond them, and say by how much', () => {
    expect(failuresOf(drifting)).toEqual([
      'enforce, plain: creations a second / the echo: 0.21 (at least 0.5)',
      'enforce, high: creations a second / the echo: 0.21 (at least 0.5)',
    ]);
  });

  it('judge nothing that was not measured', () => {
    expect(failuresOf(new Results([measured(1, 'none', 1, 1, 1)]))).toEqual([]);
  });

  it('hold at their limit', () => {
    for (const floor of FLOORS) expect(isWithin(floor, floor.limit)).toBe(true);
  });
});

describe('the report', () => {
  it('has the figures of a control, their ratios, and the goals with what the rounds gave', () => {
    const lines = reportOf(drifting, ['none', 'cel', 'echo', 'guard', 'enforce']).split('\n');
    const guard = lines.find(line => line.startsWith('Cofferdam: guard alone'));
    expect(guard?.split(/\s{2,}/)).toEqual([
      ...[
        'Cofferdam: guard alone',
        '5.50',
        '5.5',
        '3.50',
        '500',
        '5.50',
        '–',
        '1',
        '–',
        '3.50',
        '3.50',
        '0.71',
      ],
    ]);
    const goal = lines.find(line => line.startsWith('guard, plain: added p50'));
    expect(goal).toMatch(/ 3\.50 +2\.50 to 4\.50 +at most 0\.6 +missed$/);
  });

  it('aligns its columns', () => {
    expect(
      aligned([
        ['', 'one'],
        ['longer', '1'],
      ]),
    ).toBe('        one\nlonger    1\n');
  });
});

describe('the options', () => {
  it('always have the control that others are held against, in the order of the table', () => {
    expect(readOptions(['--only', 'guard,cel', '--with', 'pepr']).controls).toEqual([
      ...['none', 'cel', 'guard', 'pepr'],
    ]);
  });

  it('refuse what is not there', () => {
    expect(() => readOptions(['--only', 'gard'])).toThrow('no control is called gard');
    expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds takes a whole number from 1 to 100');
  });
});
