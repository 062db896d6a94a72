import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { parseArgs } from 'node:util';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';

/*
npm run mutation [-- [OPTION...] AREA|AREA/FILE...]: makes thousands of small changes to the code, one at a time, and names
those that no test notices. Results are kept in coverage/mutation, so that the next run tries only what has changed, and what
survived.

--concurrency N   how many are tried at a time; 2 by default
--properties MS   how long each property may take for a mutant; 2000 by default, and with 0 examples are all there is
--tests PATTERN   files of tests that are to notice, in place of all that the area has; may be given more than once
*/

/** The tests that should notice mutants, by area of src. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  decision: ['test/decision'],
  policy: ['test/policy', 'test/cel', 'test/guard/image.test.ts'],
  guard: ['test/guard'],
  signals: ['test/signals'],
  admission: ['test/admission'],
};
const DEFAULT = ['decision', 'policy', 'guard'];
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: 'string', default: '2' },
    properties: { type: 'string', default: '2000' },
    tests: { type: 'string', multiple: true },
  },
});
const RESULTS = 'coverage/mutation';
/** The run fails where fewer of a hundred mutants are killed. */
const LEAST_KILLED = 90;

const optionsFor = (
  area: string,
  files: string,
): PartialStrykerOptions & { readonly incrementalFile: string } => ({
  mutate: [`src/${area}/${files}.ts`, '!**/*.gen.ts'],
  plugins: ['./test/mutation/bundle-runner.ts', './test/mutation/survivors.ts'],
  testRunner: 'bundle',
  coverageAnalysis: 'perTest',
  concurrency: Number(flags.concurrency),
  // Modules are evaluated anew for each mutant, and what one leaves is garbage before V8 would move it.
  testRunnerNodeArgs: [
    ...['--experimental-vm-modules', '--no-warnings'],
    ...['--min-semi-space-size=64', '--max-semi-space-size=64'],
  ],
  // The default of 5 s says nothing on a busy machine.
  timeoutMS: 150_000,
  dryRunTimeoutMinutes: 30,
  incremental: true,
  incrementalFile: `${RESULTS}/${area}.incremental.json`,
  reporters: ['clear-text', 'progress-append-only', 'survivors', 'html'],
  htmlReporter: { fileName: `${RESULTS}/${area}.html` },
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  thresholds: {
    high: LEAST_KILLED,
    low: LEAST_KILLED,
    break: area === 'signals' || area === 'admission' ? null : LEAST_KILLED,
  },
  tempDirName: `${RESULTS}/sandbox`,
  ignorePatterns: ['dist', 'coverage'],
  // The file does not exist: Stryker would rewrite it by an API that TypeScript 7 does not have, and vitest needs none.
  tsconfigFile: 'none.json',
});

interface Kept {
  readonly files: Readonly<Record<string, { mutants: readonly { readonly status: string }[] }>>;
}

/**
 * Which tests see what is made while tests are collected is not known, so a new test would not have a survivor tried again.
 * Nor does a run that ran out of time say much on a machine that was busy, or stopped.
 */
function forgetAllButKilled(file: string, mutated: string): void {
  if (!existsSync(file)) return;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  for (const [name, one] of Object.entries(kept.files)) {
    // What this run does not try keeps its survivors, or the score would be without them.
    if (matchesGlob(name, mutated)) one.mutants = one.mutants.filter(({ status }) => status === 'Killed');
  }
  writeFileSync(file, JSON.stringify(kept));
}

const named = positionals.map(argument => argument.split(/[/](.*)/s));
const unknown = named.find(([area = '']) => !Object.hasOwn(TESTS, area));
if (unknown) throw new Error(`${unknown[0]} is none of ${Object.keys(TESTS).join(', ')}`);
process.env.MUTATION_PROPERTIES = flags.properties;
for (const [area = '', files = '**/*'] of named.length > 0 ? named : DEFAULT.map(area => [area])) {
  const tests =
    flags.tests ?? (TESTS[area] ?? []).map(one => (one.endsWith('.ts') ? one : `${one}/**/*.test.ts`));
  process.env.MUTATION_TESTS = JSON.stringify(tests);
  const options = optionsFor(area, files);
  forgetAllButKilled(options.incrementalFile, `src/${area}/${files}.ts`);
  await new Stryker(options).runMutationTest();
}
