import { median } from '../bench/load.ts';
import type { Figure, Sample } from './sample.ts';

/** How much slower the machine became, by the echo; 1 where it did not. */
interface Slower {
  readonly p50: number;
  readonly p99: number;
}

interface Limit {
  readonly figure: Figure;
  readonly what: string;
  readonly unit: string;
  /** The limit at the end of a life of so many seconds, by the value at its beginning. */
  most(first: number, slower: Slower, seconds: number): number;
  /** Set on a time, which tells nothing while other processes take the processors. */
  readonly isTime?: boolean;
}

/** Values below these are noise on two cores that also run the API server, etcd and the clients. */
const FLOORS = { cpu: 15, lag: 50, p50: 8, p99: 80 } as const;

/** V8 widens its heap in steps for the first minutes, so a life as short as in CI is never flat. */
const SETTLED_SECONDS = 480;
const SETTLING_MIB = 32;

const LIMITS: readonly Limit[] = [
  {
    figure: 'memory',
    what: 'resident memory',
    unit: 'MiB',
    most: (first, _, seconds) => first * 1.15 + (seconds < SETTLED_SECONDS ? SETTLING_MIB : 0),
  },
  { figure: 'files', what: 'open descriptors', unit: '', most: first => first + 10 },
  { figure: 'cpu', what: 'processor time', unit: '%', most: first => Math.max(FLOORS.cpu, first * 1.5) },
  {
    figure: 'lag',
    what: 'lag of the event loop, p99',
    unit: 'ms',
    most: (first, { p99 }) => Math.max(FLOORS.lag, 2 * first * p99),
    isTime: true,
  },
  {
    figure: 'p50',
    what: 'answers, p50',
    unit: 'ms',
    most: (first, { p50 }) => Math.max(FLOORS.p50, 2 * first * p50),
    isTime: true,
  },
  {
    figure: 'p99',
    what: 'answers, p99',
    unit: 'ms',
    most: (first, { p99 }) => Math.max(FLOORS.p99, 2 * first * p99),
    isTime: true,
  },
];

/** Only those moments count for times in which the echo took at most this many times what it took in the calmer third. */
const CALM = 2;

/** A median of fewer samples tells nothing. */
const LEAST_SAMPLES = 5;

/** The life of a replica without its warm-up: its first third and its last third. */
interface Life {
  readonly name: string;
  readonly first: readonly Sample[];
  readonly last: readonly Sample[];
}

export interface Verdict {
  /** Lives that were long enough to be judged. */
  readonly judged: readonly string[];
  /** The figures that were not flat. */
  readonly failures: readonly string[];
  /** The figures that cannot be judged, as the machine was too busy with something else. */
  readonly untold: readonly string[];
}

/**
 * Compares the median of the last third of each life with that of the first.
 * @param warmUp seconds of each life that do not count
 */
export function judge(samples: readonly Sample[], warmUp: number): Verdict {
  const lives = livesIn(samples, warmUp);
  const untold = lives.filter(life => !isEnough(calmOf(life)));
  return {
    judged: lives.map(({ name }) => name),
    failures: lives.flatMap(life =>
      LIMITS.flatMap(limit => {
        if (!limit.isTime) return failureOf(limit, life);
        return untold.includes(life) ? [] : failureOf(limit, calmOf(life));
      }),
    ),
    untold: untold.map(
      ({ name }) => `replica ${name}: lag and times of answers, as the echo took longer, too`,
    ),
  };
}

const isEnough = ({ first, last }: Life): boolean => Math.min(first.length, last.length) >= LEAST_SAMPLES;

function calmOf({ name, first, last }: Life): Life {
  const most = CALM * Math.min(medianOf(first, 'echoP50'), medianOf(last, 'echoP50'));
  const isCalm = ({ figures }: Sample): boolean => figures.echoP50 <= most;
  return { name, first: first.filter(isCalm), last: last.filter(isCalm) };
}

function livesIn(samples: readonly Sample[], warmUp: number): readonly Life[] {
  const warm = samples.filter(({ age }) => age >= warmUp);
  const byLife = Map.groupBy(warm, ({ replica, life }) => `${replica}, life ${life + 1}`);
  return [...byLife].map(([name, own]) => ({ name, ...thirdsOf(own) })).filter(isEnough);
}

function thirdsOf(samples: readonly Sample[]): Pick<Life, 'first' | 'last'> {
  const times = samples.map(({ at }) => at);
  const [begin, end] = [Math.min(...times), Math.max(...times)];
  const third = (end - begin) / 3;
  return {
    first: samples.filter(({ at }) => at <= begin + third),
    last: samples.filter(({ at }) => at >= end - third),
  };
}

function failureOf({ figure, what, unit, most }: Limit, { name, first, last }: Life): readonly string[] {
  const growth = (of: Figure): number => Math.max(1, medianOf(last, of) / medianOf(first, of) || 1);
  const [before, after] = [medianOf(first, figure), medianOf(last, figure)];
  const times = [...first, ...last].map(({ at }) => at);
  const seconds = Math.max(...times) - Math.min(...times);
  const limit = most(before, { p50: growth('echoP50'), p99: growth('echoP99') }, seconds);
  // A value that was never measured counts as a failure, too.
  if (after <= limit) return [];
  const shown = (value: number): string => `${value.toFixed(1)} ${unit}`.trim();
  return [
    `replica ${name}: ${what}: ${shown(before)} in the first third, ${shown(after)} in the last (at most ${shown(limit)})`,
  ];
}

/** The median of the samples in which there was something to measure; NaN where there is none. */
export const medianOf = (samples: readonly Sample[], figure: Figure): number =>
  median(samples.map(({ figures }) => figures[figure]).filter(Number.isFinite));
