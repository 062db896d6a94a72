/** usage: node plan.ts OPTIONS: prints the times of what is to happen; or what is wrong with the options, and ends with 2. */
import process from 'node:process';
import { parseArgs } from 'node:util';

/** The times of everything that happens, in seconds from the beginning. */
export interface Plan {
  readonly seconds: number;
  /** The warm-up of the run and of each life of a replica, in which heaps grow and programs are compiled. */
  readonly warmUp: number;
  readonly sampleEvery: number;
  /** The faults, ordered by time. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly at: number;
  /** Replica `b`, or the API server, is killed and started anew. */
  readonly what: 'replica' | 'API server';
}

const DEFAULT_MINUTES = '60';
const LEAST_MINUTES = 2;

/** @throws Error where the arguments are invalid */
export function planOf(argv: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...argv],
    options: { minutes: { type: 'string', default: DEFAULT_MINUTES } },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= LEAST_MINUTES)) throw new Error(`--minutes is to be a number from ${LEAST_MINUTES} on`);
  return planFor(minutes * 60);
}

/**
 * Replica `b` leads at first and is killed during the warm-up, so that `a`, which lives from the beginning to the end,
 * leads while it is measured; then `b` is killed again and again. The API server is killed in the middle.
 */
function planFor(seconds: number): Plan {
  const warmUp = between(60, seconds / 12, 300);
  const measured = seconds - warmUp;
  const interval = between(60, measured / 6, 600);
  const kills = [warmUp / 2];
  for (let at = warmUp + interval / 2; at < seconds - interval / 4; at += interval) kills.push(at);
  const faults: readonly Fault[] = [
    ...kills.map(at => ({ at, what: 'replica' as const })),
    { at: warmUp + measured / 2, what: 'API server' },
  ];
  return {
    seconds,
    warmUp,
    sampleEvery: between(2, measured / 600, 5),
    faults: faults.toSorted((a, b) => a.at - b.at),
  };
}

const between = (least: number, value: number, most: number): number =>
  Math.min(most, Math.max(least, value));

if (import.meta.main) {
  try {
    const { seconds, warmUp, faults } = planOf(process.argv.slice(2));
    const kills = faults.map(({ at, what }) => `the ${what} at ${at.toFixed(0)} s`).join(', ');
    process.stderr.write(`${seconds} s, of which ${warmUp} s are for the warm-up; killed: ${kills}\n`);
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
