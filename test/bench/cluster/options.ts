/** usage: node options.ts OPTIONS: prints the modules of test/cluster that the run needs, and Pepr's package; or what is wrong, and ends with 2. */
import process from 'node:process';
import { parseArgs } from 'node:util';

/** The controls in the order in which they are measured and shown. */
export const ALWAYS = ['none', 'cel', 'echo', 'guard', 'webhooks', 'enforce', 'enforce-lean'] as const;
export const ON_REQUEST = ['pepr', 'gatekeeper'] as const;
export type ControlName = (typeof ALWAYS)[number] | (typeof ON_REQUEST)[number];

export interface BenchOptions {
  readonly controls: readonly ControlName[];
  readonly rounds: number;
  /** The creations of each Pod in each round by one client; 16 clients make three times as many. */
  readonly requests: number;
  /** The lives of each Pod in each round; forty status patches for each are measured besides. With 0, none are measured. */
  readonly lives: number;
  /** Whether the RuntimeClass has an overhead; setting that is a reason to ask the webhooks once more. */
  readonly overhead: boolean;
  readonly json: string | undefined;
  readonly check: boolean;
}

/** The tag 20.0.0 is a stray one. */
const PEPR = 'pepr@1.1.4';

const WHOLE = { rounds: 5, requests: 400, lives: 40 } as const;
const SHORT = { rounds: 3, requests: 120, lives: 8 } as const;
/** The control `none` alone is of no use, and webhooks alone need no floor. */
const SHORT_CONTROLS: readonly ControlName[] = ['none', 'cel', 'echo', 'guard', 'enforce'];

const HELP = `What admission costs on a real API server: medians of rounds in which the controls take turns.

  --only LIST        controls, by comma: ${ALWAYS.join(', ')}; none is always measured
  --with LIST        others besides: ${ON_REQUEST.join(', ')}; they are fetched and built first
  --rounds N         (default: ${WHOLE.rounds})
  --requests N       creations of each Pod a round by one client; 16 clients make three times as many (default: ${WHOLE.requests})
  --lives N          whole lives of each Pod a round, and 40 times as many status patches; 0 for none (default: ${WHOLE.lives})
  --overhead         with a RuntimeClass that has an overhead, for which the API server asks mutating webhooks twice
  --json FILE        write every figure of every round
  --check            the short form: ${SHORT_CONTROLS.join(', ')}; ${SHORT.rounds} rounds; ends with 1 below the floors
`;

/** @throws Error that says what is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      with: { type: 'string' },
      rounds: { type: 'string' },
      requests: { type: 'string' },
      lives: { type: 'string' },
      overhead: { type: 'boolean', default: false },
      json: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
  const size = values.check ? SHORT : WHOLE;
  return {
    controls: controlsOf(values.only, values.with, values.check),
    rounds: count('--rounds', values.rounds, size.rounds, 1, 100),
    requests: count('--requests', values.requests, size.requests, 20, 10_000),
    lives: count('--lives', values.lives, size.lives, 0, 1_000),
    overhead: values.overhead,
    json: values.json,
    check: values.check,
  };
}

function controlsOf(only: string | undefined, more: string | undefined, check: boolean): ControlName[] {
  const names: readonly string[] = [
    'none',
    ...(only?.split(',') ?? (check ? SHORT_CONTROLS : ALWAYS)),
    ...(more?.split(',') ?? []),
  ];
  const known: readonly ControlName[] = [...ALWAYS, ...ON_REQUEST];
  const unknown = names.find(name => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`no control is called ${unknown}: ${known.join(', ')}`);
  return known.filter(name => names.includes(name));
}

function count(flag: string, text: string | undefined, usual: number, least: number, most: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${flag} takes a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Folders of test/cluster/modules, since the chart registers Cofferdam; and what is to be installed from npm. */
function needsOf(controls: readonly ControlName[]): readonly string[] {
  const registers = (['webhooks', 'enforce', 'enforce-lean'] as const).some(name => controls.includes(name));
  return [
    ...(registers ? ['helm'] : []),
    ...(controls.includes('gatekeeper') ? ['gatekeeper'] : []),
    ...(controls.includes('pepr') ? [PEPR] : []),
  ];
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  try {
    process.stdout.write(
      args.includes('--help') ? HELP : `${needsOf(readOptions(args).controls).join(' ')}\n`,
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
