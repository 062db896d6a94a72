/**
 * Times rules in `@bufbuild/cel`, in `@marcbachmann/cel-js` and as this project runs them, on one Pod, and what a
 * step of the cost bound takes at worst. In processor time of the thread, which other work on the machine moves less.
 */
import assert from 'node:assert/strict';
import process from 'node:process';
import { type CelInput, celEnv, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment } from '@marcbachmann/cel-js';
import { costOf } from '../../src/policy/cel/cost.ts';
import { measure } from '../../src/policy/cel/measure.ts';
import { BUDGET, bindCel, compileCel } from '../../src/policy/cel.ts';
import { CONTEXT, COSTLY, hostile, RULES, VARIABLES } from './rules.ts';

const ROUNDS = 9;
const ROUND_MICROSECONDS = 100_000;
const TEXT = 4096;
const LONGEST_LIST = 2_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
for (const name of VARIABLES) environment.registerVariable(name, 'dyn');

printRules();
printCostly();

/** Microseconds of this thread's processor time. */
function timed(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

function printRules(): void {
  const bound = bindCel(CONTEXT);
  const ours = RULES.map(([expression]) => compiled(expression));
  const celJs = RULES.map(([expression]) => environment.parse(expression));
  const bufbuild = RULES.map(([expression]) => plan(celEnv({ funcs: strings }), parse(expression)));
  const inputs = Object.fromEntries(bound.values) as Record<string, CelInput>;
  const cases: readonly (readonly [name: string, run: () => readonly unknown[]])[] = [
    ['@bufbuild/cel', () => bufbuild.map(program => program(inputs))],
    ['@marcbachmann/cel-js', () => celJs.map((program): unknown => program(bound.values as never))],
    ['cofferdam', () => ours.map(program => program.evaluate({ ...bound }))],
    ['cofferdam, with bindCel', () => evaluateAfresh(ours)],
  ];
  for (const [name, run] of cases)
    assert.deepEqual(
      run(),
      RULES.map(([, expected]) => expected),
      name,
    );

  const times = cases.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++)
    cases.forEach(([, run], i) => {
      const time = perRun(run);
      if (round > 0) times[i]?.push(time);
    });
  print(`${RULES.length} rules on a two-container Pod, median of ${ROUNDS} rounds`);
  cases.forEach(([name], i) => {
    const own = times[i] ?? [];
    const ratio = median(own.map((time, round) => (times[0]?.[round] ?? Number.NaN) / time));
    print(`  ${name.padEnd(24)} ${median(own).toFixed(1).padStart(7)} µs  ${ratio.toFixed(1).padStart(5)} ×`);
  });
}

function compiled(expression: string) {
  const program = compileCel(expression, VARIABLES);
  assert.ok('evaluate' in program, expression);
  return program;
}

function evaluateAfresh(programs: readonly ReturnType<typeof compiled>[]): readonly unknown[] {
  const bindings = bindCel(CONTEXT);
  return programs.map(program => program.evaluate(bindings));
}

/** Microseconds a run, over enough runs that the clock's steps (some milliseconds) do not matter. */
function perRun(run: () => unknown, batch = 100): number {
  let spent = 0;
  let runs = 0;
  while (spent < ROUND_MICROSECONDS) {
    spent += timed(() => {
      for (let i = 0; i < batch; i++) run();
    });
    runs += batch;
  }
  return spent / runs;
}

function printCostly(): void {
  print(`\nRules that cost much, on as long a list as ${BUDGET.toLocaleString('en')} steps allow`);
  print('    entries    steps       ms  ns a step');
  const rates: number[] = [];
  for (const expression of COSTLY) {
    const shape = measure(environment.parse(expression).ast, new Set());
    const cost = (items: number) => costOf(shape, bindCel(hostile(items, TEXT)));
    const items = longest(cost);
    const bindings = bindCel(hostile(items, TEXT));
    const program = compiled(expression);
    const ms = perRun(() => program.evaluate({ ...bindings }), 1) / 1000;
    const rate = (ms * 1e6) / cost(items);
    rates.push(rate);
    const columns = [
      String(items).padStart(11),
      cost(items).toFixed(0).padStart(8),
      ms.toFixed(1).padStart(8),
    ];
    print(`${columns.join(' ')} ${rate.toFixed(0).padStart(10)}  ${expression}`);
  }
  const bound = (rate: number) =>
    `${rate.toFixed(0)} ns, so at most ${((rate * BUDGET) / 1e6).toFixed(0)} ms`;
  print(`A step at the median: ${bound(median(rates))}; at the worst: ${bound(Math.max(...rates))}.`);
}

/** The most entries that the bound allows. */
function longest(cost: (items: number) => number): number {
  let [low, high] = [1, LONGEST_LIST];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (cost(middle) <= BUDGET) low = middle;
    else high = middle - 1;
  }
  return low;
}
