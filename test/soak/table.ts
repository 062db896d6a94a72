import { aligned } from '../support/aligned.ts';
import { medianOf } from './judge.ts';
import type { Figure, Sample } from './sample.ts';

const PARTS = 10;

const COLUMNS: readonly (readonly [head: string, figure: Figure, digits: number])[] = [
  ['MiB', 'memory', 0],
  ['files', 'files', 0],
  ['CPU %', 'cpu', 0],
  ['lag p99 ms', 'lag', 1],
  ['p50 ms', 'p50', 2],
  ['p99 ms', 'p99', 1],
  ['echo p50 ms', 'echoP50', 2],
  ['echo p99 ms', 'echoP99', 1],
];

/** Medians by tenth of the run, for each replica, in which a person sees the curve. */
export function curves(samples: readonly Sample[], seconds: number): string {
  const byReplica = Map.groupBy(samples, ({ replica }) => replica);
  return [...byReplica]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([replica, own]) => `Replica ${replica}, medians by tenth of the run\n${curve(own, seconds)}`)
    .join('\n');
}

function curve(samples: readonly Sample[], seconds: number): string {
  const part = seconds / PARTS;
  const rows = Array.from({ length: PARTS }, (_, i) => {
    const own = samples.filter(({ at }) => Math.min(PARTS - 1, Math.floor(at / part)) === i);
    const minutes = `${((i * part) / 60).toFixed(1)} to ${(((i + 1) * part) / 60).toFixed(1)} min`;
    return [minutes, livesOf(own), ...COLUMNS.map(([, figure, digits]) => shown(own, figure, digits))];
  });
  return aligned([['', 'life', ...COLUMNS.map(([head]) => head)], ...rows]);
}

const livesOf = (samples: readonly Sample[]): string =>
  [...new Set(samples.map(({ life }) => life + 1))].join(', ') || '–';

function shown(samples: readonly Sample[], figure: Figure, digits: number): string {
  const value = medianOf(samples, figure);
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
