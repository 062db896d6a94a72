/**
 * `npm run soak`: see run.sh, which starts the control plane that this stands on. Exit code 0: all was flat and right; 1: it
 * was not; 2: it could not be run to its end.
 */
import process from 'node:process';
import { type Ends, endAll } from './ends.ts';
import { judgeAll } from './outcome.ts';
import { planOf } from './plan.ts';
import { soak } from './soak.ts';
import { curves } from './table.ts';

const ends: Ends = [];
const print = (text: string): void => void process.stdout.write(`${text}\n`);
try {
  const plan = planOf(process.argv.slice(2));
  const outcome = await soak(plan, ends);
  // This precedes the judgement, so that open requests are answered or lost before it.
  await endAll(ends);
  print(`\n${curves(outcome.samples, plan.seconds)}\n${outcome.tally.lines().join('\n')}\n`);
  const { judged, failures, untold } = judgeAll(outcome, plan.warmUp);
  print(`judged: replica ${judged.join('; replica ')}`);
  for (const one of untold) print(`not judged: ${one}`);
  for (const failure of failures) print(`FAILED: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 2;
} finally {
  await endAll(ends).catch(() => undefined);
}
