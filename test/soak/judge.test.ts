import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { judgeAll } from './outcome.ts';
import type { Figures, Sample } from './sample.ts';
import { curves } from './table.ts';
import { Tally, WrongAnswer } from './tally.ts';

const WARM_UP = 60;
const SECONDS = 600;
const STILL: Figures = { memory: 150, files: 30, cpu: 20, lag: 20, p50: 3, p99: 20, echoP50: 1, echoP99: 5 };

interface Life {
  readonly replica?: string;
  readonly life?: number;
  readonly from?: number;
  readonly to?: number;
}

/** A sample every five seconds; `figures` by the share of the life that is over. */
function lived(
  figures: (over: number, index: number) => Partial<Figures> = () => ({}),
  { replica = 'a', life = 0, from = 0, to = SECONDS }: Life = {},
): readonly Sample[] {
  return Array.from({ length: (to - from) / 5 }, (_, i) => ({
    ...{ replica, life, at: from + 5 * i, age: 5 * i },
    figures: { ...STILL, ...figures((5 * i) / (to - from), i) },
  }));
}

describe('the judge', () => {
  it('lets the heap of a short life settle', () => {
    const growing = (most: number) => lived(over => ({ memory: 150 + most * over }), { to: 180 });
    expect(judge(growing(70), WARM_UP).failures).toEqual([]);
    expect(judge(growing(200), WARM_UP).failures).toEqual([expect.stringContaining('resident memory')]);
  });

  it('lets pass what is flat', () => {
    expect(judge(lived(), WARM_UP)).toEqual({ judged: ['a, life 1'], failures: [], untold: [] });
  });

  it.each<[string, (over: number) => Partial<Figures>, string]>([
    [
      'a leak of memory',
      over => ({ memory: 150 + 50 * over }),
      'resident memory: 162.5 MiB in the first third, 192.5 MiB in the last (at most 186.9 MiB)',
    ],
    [
      'descriptors that stay open',
      over => ({ files: 30 + Math.floor(30 * over) }),
      'open descriptors: 37.0 in the first third, 55.0 in the last (at most 47.0)',
    ],
    [
      'work that becomes more',
      over => ({ cpu: 20 + 40 * over }),
      'processor time: 30.0 % in the first third, 54.0 % in the last (at most 45.0 %)',
    ],
    [
      'an event loop that lags more and more',
      over => ({ lag: 20 + 100 * over }),
      'lag of the event loop, p99: 45.0 ms in the first third, 105.0 ms in the last (at most 90.0 ms)',
    ],
    [
      'answers that take longer and longer',
      over => ({ p50: 2 + 10 * over }),
      'answers, p50: 4.5 ms in the first third, 10.5 ms in the last (at most 9.0 ms)',
    ],
    [
      'and those of one in a hundred',
      over => ({ p99: 20 + 100 * over }),
      'answers, p99: 45.0 ms in the first third, 105.0 ms in the last (at most 90.0 ms)',
    ],
  ])('finds %s', (_, figures, failure) => {
    expect(judge(lived(figures), WARM_UP).failures).toEqual([`replica a, life 1: ${failure}`]);
  });

  it('does not count what grows in the warm-up, nor now and then a sample that is odd', () => {
    const heap = lived((over, i) => ({ memory: over < 0.1 ? 50 : i % 7 === 0 ? 400 : 150 }));
    expect(judge(heap, WARM_UP).failures).toEqual([]);
  });

  it('lets answers take as much longer as those of the echo do', () => {
    const slower = lived(over => ({ p50: 4 + 10 * over, p99: 20 + 100 * over, echoP50: 1 + over }));
    expect(judge(slower, WARM_UP).failures).toEqual([expect.stringContaining('answers, p99')]);
  });

  it('compares times of calm moments alone, and says where there were none; memory counts all the same', () => {
    const now = (busy: boolean) => (busy ? { p50: 90, p99: 900, lag: 500, echoP50: 20 } : {});
    const often = lived((over, i) => now(over > 0.5 && i % 3 > 0));
    expect(judge(often, WARM_UP)).toMatchObject({ failures: [], untold: [] });
    const always = lived(over => ({ ...now(over > 0.5), memory: over > 0.5 ? 200 : 150 }));
    expect(judge(always, WARM_UP)).toMatchObject({
      failures: [expect.stringContaining('resident memory')],
      untold: ['replica a, life 1: lag and times of answers, as the echo took longer, too'],
    });
  });

  it('lets times double that are short', () => {
    expect(
      judge(
        lived(over => ({ p50: 1 + 3 * over, lag: 5 + 20 * over })),
        WARM_UP,
      ).failures,
    ).toEqual([]);
  });

  it('judges each life by itself, where it is long enough', () => {
    const samples = [
      ...lived(),
      ...lived(() => ({ memory: 100 }), { replica: 'b', to: 300 }),
      ...lived(over => ({ memory: 150 + 200 * over }), { replica: 'b', life: 1, from: 305 }),
      ...lived(() => ({ memory: 900 }), { replica: 'b', life: 2, from: 560 }),
    ];
    const { judged, failures } = judge(samples, WARM_UP);
    expect(judged).toEqual(['a, life 1', 'b, life 1', 'b, life 2']);
    expect(failures).toEqual([expect.stringContaining('replica b, life 2: resident memory')]);
  });

  it('fails what was never measured', () => {
    expect(
      judge(
        lived(() => ({ lag: Number.NaN })),
        WARM_UP,
      ).failures,
    ).toEqual([
      'replica a, life 1: lag of the event loop, p99: NaN ms in the first third, NaN ms in the last (at most NaN ms)',
    ]);
  });
});

describe('a run', () => {
  const least = new Map([['reviews', 2]]);
  const tallyOf = (count: number): Tally => {
    const tally = new Tally();
    for (let i = 0; i < count; i++) tally.done('reviews');
    return tally;
  };

  it('passes that was flat, and in which everything was done', () => {
    const outcome = { samples: lived(), tally: tallyOf(2), least };
    expect(judgeAll(outcome, WARM_UP).failures).toEqual([]);
  });

  it('fails by an answer that was wrong, or lost while nothing was killed', () => {
    const tally = tallyOf(2);
    tally.failed('reviews', new WrongAnswer('none instead of gvisor'), true);
    tally.failed('reviews', new Error('socket hang up'), false, 'plain');
    tally.failed('reviews', new Error('socket hang up'), true);
    const { failures } = judgeAll({ samples: lived(), tally, least }, WARM_UP);
    expect(failures).toEqual([
      'wrong: reviews: none instead of gvisor',
      'lost: reviews, plain: socket hang up',
    ]);
    expect(tally.lines()).toEqual(['reviews: 2, and 1 lost to what was killed']);
  });

  it('fails where less was done than shows anything, or nobody lived long enough', () => {
    const { failures } = judgeAll(
      { samples: lived(undefined, { to: 80 }), tally: tallyOf(1), least },
      WARM_UP,
    );
    expect(failures).toEqual(['no replica lived long enough to be judged', 'reviews: 1 (at least 2)']);
  });

  it('shows the curves of each replica by tenth', () => {
    const samples = [
      ...lived((_, i) => ({ memory: 150 + i }), { from: 60, to: 120 }),
      ...lived(() => ({ p50: Number.NaN }), { replica: 'b', life: 1, to: 30 }),
    ];
    expect(curves(samples, SECONDS).split('\n').slice(0, 4)).toEqual([
      'Replica a, medians by tenth of the run',
      '                 life  MiB  files  CPU %  lag p99 ms  p50 ms  p99 ms  echo p50 ms  echo p99 ms',
      '0.0 to 1.0 min      –    –      –      –           –       –       –            –            –',
      '1.0 to 2.0 min      1  156     30     20        20.0    3.00    20.0         1.00          5.0',
    ]);
    expect(curves(samples, SECONDS)).toContain(
      'Replica b, medians by tenth of the run\n' +
        '                 life  MiB  files  CPU %  lag p99 ms  p50 ms  p99 ms  echo p50 ms  echo p99 ms\n' +
        '0.0 to 1.0 min      2  150     30     20        20.0       –    20.0         1.00          5.0\n',
    );
  });
});
