import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { median } from './load.ts';

const USAGE = join(import.meta.dirname, 'usage.mjs');
/** The shell knows the processor time of a program that it has waited for; Node reports only its own. */
const TIMED = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
/** The exit code of `timeout` where it has ended a command: https://man7.org/linux/man-pages/man1/timeout.1.html */
const TIMED_OUT = 124;
/** The exit codes of a shell where a program could not be started, or was not found. */
const NOT_STARTED = [126, 127];
/** A shell adds this to the number of the signal that ended a program. */
const BY_SIGNAL = 128;

/** The cost of a command. */
export interface Cost {
  /** The processor time, and the time that passed. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** The memory at its peak; absent for a program that is not Node's. */
  readonly mebibytes: number;
}

/** The reason why there is nothing to compare with: `more than 60 s`. */
export interface NoCost {
  readonly why: string;
}

export interface Command {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The command is ended after this time. */
  readonly mostSeconds?: number;
}

/**
 * Runs a command to its end. Any exit code is accepted, as reviews and linters exit with what they have found.
 * @param scratch a folder
 */
export function costOf({ argv, cwd, env, mostSeconds }: Command, scratch: string): Cost | NoCost {
  const usage = join(scratch, 'usage');
  writeFileSync(usage, '0');
  const words = mostSeconds === undefined ? argv : ['timeout', String(mostSeconds), ...argv];
  const { stderr, status, signal, error } = spawnSync('bash', ['-c', TIMED, 'time', ...words], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...env, LC_ALL: 'C', USAGE: usage, NODE_OPTIONS: `--import=${USAGE}` },
  });
  if (error) throw error;
  if (status === null) return { why: `ended by ${signal}` };
  if (mostSeconds !== undefined && status === TIMED_OUT) return { why: `more than ${mostSeconds} s` };
  if (NOT_STARTED.includes(status)) return { why: 'could not be started' };
  if (status > BY_SIGNAL) return { why: `ended by ${signalNumbered(status - BY_SIGNAL)}` };
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { seconds, cpuSeconds: user + system, mebibytes: Number(readFileSync(usage, 'utf8')) };
}

function signalNumbered(wanted: number): string {
  const found = Object.entries(constants.signals).find(([, number]) => number === wanted);
  return found?.[0] ?? `signal ${wanted}`;
}

/** The median of each figure; or the reason why there is none, if that occurred once. */
export const typical = (costs: readonly (Cost | NoCost)[]): Cost | NoCost =>
  costs.find(cost => 'why' in cost) ?? medianOf(costs as readonly Cost[]);

const medianOf = (costs: readonly Cost[]): Cost => ({
  cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
  seconds: median(costs.map(({ seconds }) => seconds)),
  mebibytes: median(costs.map(({ mebibytes }) => mebibytes)),
});

/** The cost as a line of a table. */
export function costText(cost: Cost | NoCost): string {
  if ('why' in cost) return ` ${cost.why}`;
  const times = [cost.cpuSeconds, cost.seconds].map(time => `${time.toFixed(2).padStart(6)} s`).join('  ');
  return cost.mebibytes > 0 ? `${times}  ${cost.mebibytes.toFixed(0).padStart(4)} MiB` : times;
}
