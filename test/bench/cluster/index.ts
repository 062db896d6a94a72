/** `npm run bench:cluster`: see run.sh, which starts the control plane that this measures. */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import setup from '../../scale/setup.ts';
import { type Api, connectApi } from './api.ts';
import { type Control, prepareControls, type Stoppers } from './controls.ts';
import { CLIENTS, measureCreations, REQUESTS_FACTOR } from './creations.ts';
import { makeGround } from './ground.ts';
import { measureLives } from './life.ts';
import { createAll } from './objects.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { apiServerPid } from './process.ts';
import { type Block, type Measured, Results } from './results.ts';
import { under } from './switch.ts';
import { failuresOf, reportOf } from './table.ts';

const KINDS = ['plain', 'high'] as const;
/** The controls that are measured on whole lives, as they are asked about more than creations. */
const LIVING: readonly string[] = ['none', 'guard', 'enforce'];

const began = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds}s  ${text}\n`);
};

async function measure(api: Api, control: Control, round: number, options: BenchOptions): Promise<Measured> {
  const lives = LIVING.includes(control.name) ? options.lives : 0;
  const size = { requests: options.requests, lives };
  const before = await measureBlock(api, NONE, control.name === 'none' ? NOTHING_MEASURED : size);
  const block = await under(api, control, () => measureBlock(api, control, size));
  return { round, control: control.name, ...block, before };
}

interface Size {
  readonly requests: number;
  readonly lives: number;
}

const NONE: Control = { name: 'none', steps: [], namesClass: false };
const NOTHING_MEASURED: Size = { requests: 0, lives: 0 };

async function measureBlock(api: Api, control: Control, { requests, lives }: Size): Promise<Block> {
  const apiPid = apiServerPid();
  const block = { creations: [] as Block['creations'][number][], lives: [] as Block['lives'][number][] };
  for (const kind of KINDS) {
    for (const clients of requests > 0 ? CLIENTS : []) {
      const load = { kind, clients, requests: requests * REQUESTS_FACTOR[clients] };
      block.creations.push({ ...(await measureCreations(api, apiPid, control, load)), kind, clients });
    }
    if (lives > 0) block.lives.push({ ...(await measureLives(api, apiPid, control, kind, lives)), kind });
  }
  return block;
}

async function run(options: BenchOptions, api: Api, stop: Stoppers): Promise<Results> {
  await setup();
  await makeGround(api, options.overhead);
  const controls = await prepareControls(options.controls, stop);
  const parts = new Set(controls.flatMap(({ steps }) => steps.map(({ part }) => part)));
  for (const { standing } of parts) await createAll(api, standing);
  const measured: Measured[] = [];
  // Round 0 is discarded: until its end, programs are compiled and heaps grow.
  for (let round = 0; round <= options.rounds; round++) {
    const size = round === 0 ? { ...options, requests: 50, lives: Math.min(options.lives, 2) } : options;
    // The order alternates, so that no control always follows the same one.
    for (const control of round % 2 === 0 ? controls : controls.toReversed()) {
      say(round === 0 ? `warm-up: ${control.name}` : `round ${round} of ${options.rounds}: ${control.name}`);
      const figures = await measure(api, control, round, size);
      if (round > 0) measured.push(figures);
    }
  }
  return new Results(measured);
}

const options = readOptions(process.argv.slice(2));
const stop: Stoppers = [];
const api = await connectApi();
try {
  const results = await run(options, api, stop);
  process.stdout.write(reportOf(results, options.controls));
  if (options.json) await writeFile(options.json, `${JSON.stringify(results.all, undefined, 2)}\n`);
  const failures = options.check ? failuresOf(results) : [];
  for (const failure of failures) process.stdout.write(`FAILED: ${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
} finally {
  api.close();
  for (const end of stop.toReversed()) await end();
}
