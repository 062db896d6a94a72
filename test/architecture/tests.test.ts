import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

/*
What holds of the tests that `npm test` runs, so that they say the same on a machine that is busy with something else, and
after whatever ran before them in the same process.
*/

const TEST = resolve(import.meta.dirname, '..');
const OWN_RUNS = /^(browser|e2e|scale)\//;
const files = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter(
  file => file.endsWith('.test.ts') && !OWN_RUNS.test(file) && !file.startsWith('architecture/'),
);
const having = (pattern: RegExp): readonly string[] =>
  files.filter(file => pattern.test(readFileSync(join(TEST, file), 'utf8')));

it('none goes by how long something took by the clock', () => {
  expect(having(/performance\.now\(\)|hrtime|Date\.now\(\) [-<>]/).toSorted()).toEqual([
    // Half an hour ago, as a date.
    'admission/clocks.test.ts',
    // Which part of the time a replica keeps a processor busy: others that are busy only make it less.
    'admission/memory.test.ts',
    // These go by a clock that the test turns.
    'admission/shutdown.test.ts',
    'cluster-view/telling.test.ts',
  ]);
});

it('none puts a module in place of another, which one that is loaded already would not see', () => {
  expect(having(/vi\.(mock|doMock|hoisted)\(/)).toEqual([]);
});
