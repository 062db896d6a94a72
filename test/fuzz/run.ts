import process from 'node:process';
import { parseArgs } from 'node:util';
import { campaign, type Failed, fails, MOST_MILLISECONDS, reasonOf, type Tally } from './campaign.ts';
import { Collector, saveFound } from './corpus.ts';
import { shrink } from './shrink.ts';
import { Finding } from './target.ts';

/*
`npm run fuzz` tests a million inputs for the properties that must hold for all; `-- --inputs N --seed S` chooses others, and
`--from INDEX --inputs 1` tests one of them again. `--save` renews the corpus with an input for each code that was reached, and
adds the inputs that failed.
*/
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    save: { type: 'boolean', default: false },
  },
});
const [inputs, seed, from] = [Number(values.inputs), Number(values.seed), Number(values.from)];
const TELL_EVERY = 10_000;
/** The most failed inputs that are made smaller. */
const MOST_SHRUNK = 5;

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const start = performance.now();
const collector = new Collector();
const tally = await campaign({ seed, from, inputs }, (so, done, { index, target, reached }) => {
  if (values.save && reached) collector.look(seed, index, target, reached);
  if (done % TELL_EVERY !== 0) return;
  const rate = Math.round((done / (performance.now() - start)) * 1000);
  tell(`${done} of ${inputs}, ${rate} a second, ${so.failed.length} failed`);
});

report(tally);
for (const failed of firstOfEach(tally.failed)) await show(failed);
if (values.save) tell(`${await collector.save()} inputs saved`);
const [slowest] = tally.slowest;
const slow = (slowest?.milliseconds ?? 0) > MOST_MILLISECONDS;
// A single input is run again by its number, and has only a few fields.
const missed = inputs >= TELL_EVERY ? tally.missed : [];
if (slow) print(`FAILED: an answer took more than ${MOST_MILLISECONDS} ms`);
if (missed.length > 0) print(`FAILED: no Pod that was judged had ${missed.join(', ')}`);
if (tally.failed.length > 0) print(`FAILED: ${tally.failed.length} inputs`);
process.exitCode = slow || missed.length > 0 || tally.failed.length > 0 ? 1 : 0;

function report({ inputs: counts, fields, codes, slowest: list }: Tally): void {
  const seconds = (performance.now() - start) / 1000;
  print(`Seed ${seed}, ${inputs} inputs from ${from} in ${seconds.toFixed(0)} s`);
  for (const [name, count] of counts) print(`${String(count).padStart(8)}  ${name}`);
  print('\nWhat was answered');
  for (const [code, count] of [...codes].sort()) print(`${String(count).padStart(8)}  ${code}`);
  print('\nPods that were judged with each field of PodSpec');
  for (const [path, count] of fields) print(`${String(count).padStart(8)}  ${path}`);
  print('\nThe slowest');
  for (const { index, target, milliseconds } of list) {
    print(`${milliseconds.toFixed(1).padStart(8)} ms  ${target}, --seed ${seed} --from ${index} --inputs 1`);
  }
}

/** The first input for each reason; the others most likely fail alike. */
function firstOfEach(failed: readonly Failed[]): readonly Failed[] {
  const byReason = Map.groupBy(failed, ({ target, error }) => `${target.name} ${reasonOf(error)}`);
  return [...byReason.values()].map(([first]) => first as Failed).slice(0, MOST_SHRUNK);
}

async function show({ index, target, input, error }: Failed): Promise<void> {
  const reason = reasonOf(error);
  const small = await shrink(input, smaller => fails(target, smaller, reason));
  const details = error instanceof Finding ? JSON.stringify(error.details) : (error as Error).stack;
  print(`\nFAILED, ${target.name}: ${reason}\n  ${details?.slice(0, 2000)}`);
  print(`  again: npm run fuzz -- --seed ${seed} --from ${index} --inputs 1`);
  print(`  made smaller: ${JSON.stringify(small)}`);
  if (values.save) tell(`saved as ${await saveFound(target, reason, small)}`);
}
