/**
 * Runs the conformance data of the CEL specification through both libraries, and what rules are evaluated with, and prints what passes.
 * `--failures[=SECTION]` lists what does not.
 */
import process from 'node:process';
import { bufbuild } from './bufbuild.ts';
import { asInRules, celJs } from './cel-js.ts';
import { type Score, scoreOf, sections } from './suite.ts';

const LIBRARIES = [celJs, asInRules, bufbuild];
const flag = process.argv.find(argument => argument.startsWith('--failures'));
const wanted = flag?.split('=')[1];
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const rows = sections().map(({ tests, protobuf, ...section }) => ({
  name: section.name,
  tests: tests.length,
  protobuf,
  scores: LIBRARIES.map(library => scoreOf(library, { ...section, tests, protobuf })),
}));
const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((n, row) => n + of(row), 0);

if (flag) printFailures();
print('Tests that pass; of the others: refused at load, error at run time, wrong value');
printRow(
  'section',
  'tests',
  LIBRARIES.map(({ name }) => name),
);
for (const { name, tests, scores } of rows.filter(row => row.tests > 0))
  printRow(name, String(tests), scores.map(cell));
printRow(
  'all',
  String(sum(row => row.tests)),
  LIBRARIES.map((_, i) => cell(totalOf(i))),
);
print(`${sum(row => row.protobuf)} more tests need protobuf messages, which rules never see: not run.`);

function totalOf(library: number): Omit<Score, 'failures'> {
  const of = (key: 'pass' | 'refused' | 'error' | 'wrong') => sum(row => row.scores[library]?.[key] ?? 0);
  return { pass: of('pass'), refused: of('refused'), error: of('error'), wrong: of('wrong') };
}

function cell({ pass, refused, error, wrong }: Omit<Score, 'failures'>): string {
  const failed = refused + error + wrong > 0 ? `${refused} / ${error} / ${wrong}` : '';
  return `${String(pass).padStart(5)}  ${failed}`;
}

function printRow(name: string, tests: string, cells: readonly string[]): void {
  print(`${name.padEnd(16)} ${tests.padStart(5)}  ${cells.map(text => text.padEnd(24)).join('')}`.trimEnd());
}

function printFailures(): void {
  for (const { name, scores } of rows) {
    if (wanted && wanted !== name) continue;
    scores.forEach(({ failures }, i) => {
      for (const failure of failures) print(`${LIBRARIES[i]?.name} ${JSON.stringify(failure).slice(1, -1)}`);
    });
  }
}
