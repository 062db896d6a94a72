import { format, inspect } from 'node:util';
import { expect, vi } from 'vitest';

/*
Replaces `vitest` where mutants are tried: the tests of a file are collected, and run one by one as they are asked for. It has
what our tests use of vitest, and nothing else.
*/

// Fake timers and variables of the environment ask for these settings of a worker of vitest.
Object.assign(globalThis, { __vitest_worker__: { config: { fakeTimers: {} }, metaEnv: process.env } });

type Body = (...args: never[]) => unknown;
type Hook = () => unknown;

export interface Test {
  /** The id is `FILE#DESCRIBE NAME`, with a number where others have the same name. */
  readonly id: string;
  readonly body: () => unknown;
}

export interface Outcome {
  readonly test: Test;
  /** The error that the test threw; undefined where it passed. */
  readonly error: unknown;
  /** How many milliseconds it took. */
  readonly took: number;
}

export interface Running {
  /** Whether the test of an id runs. Default: all do. */
  readonly isChosen?: (id: string) => boolean;
  /** Is called with the test that runs, and with undefined where none does. */
  readonly at?: (test: Test | undefined) => void;
}

class Suite {
  readonly parts: (Suite | Test)[] = [];
  readonly beforeAll: Hook[] = [];
  readonly afterAll: Hook[] = [];
  readonly beforeEach: Hook[] = [];
  readonly afterEach: Hook[] = [];
  readonly name: string;
  readonly parent: Suite | undefined;

  constructor(name: string, parent?: Suite) {
    this.name = name;
    this.parent = parent;
  }

  /** The suites around it, from the file to this one. */
  get path(): Suite[] {
    return [...(this.parent?.path ?? []), this];
  }

  get tests(): Test[] {
    return this.parts.flatMap(part => (part instanceof Suite ? part.tests : [part]));
  }
}

export class Harness {
  readonly #files = new Map<string, Suite>();
  readonly #ids = new Set<string>();
  #file = '';
  #suite = new Suite('');

  /** Collects the tests of a file, which `load` evaluates. */
  async collect(file: string, load: () => Promise<unknown>): Promise<void> {
    this.#file = file;
    this.#suite = new Suite('');
    this.#files.set(file, this.#suite);
    await load();
  }

  /** Runs the tests of a file one by one, for as long as its caller asks for more. */
  async *run(file: string, running: Running = {}): AsyncGenerator<Outcome> {
    const suite = this.#files.get(file);
    if (suite) yield* runSuite(suite, running);
  }

  readonly #describe = (name: string, body: Body, args: readonly unknown[] = []): void => {
    const outer = this.#suite;
    const suite = new Suite(name, outer);
    outer.parts.push(suite);
    this.#suite = suite;
    body(...(args as never[]));
    this.#suite = outer;
  };

  readonly #it = (name: string, body: Body, args: readonly unknown[] = []): void => {
    const names = [...this.#suite.path.map(suite => suite.name), name].filter(one => one !== '');
    const id = `${this.#file}#${names.join(' ')}`;
    let unique = id;
    for (let i = 2; this.#ids.has(unique); i++) unique = `${id} (${i})`;
    this.#ids.add(unique);
    this.#suite.parts.push({ id: unique, body: () => body(...(args as never[])) });
  };

  /** The functions that replace those of the package. */
  readonly api = {
    expect,
    vi,
    describe: withTables(this.#describe),
    it: withTables(this.#it),
    beforeAll: (hook: Hook) => this.#suite.beforeAll.push(hook),
    afterAll: (hook: Hook) => this.#suite.afterAll.push(hook),
    beforeEach: (hook: Hook) => this.#suite.beforeEach.push(hook),
    afterEach: (hook: Hook) => this.#suite.afterEach.push(hook),
  };
}

/** A function that takes a name, perhaps options, and a body; its `each` does the same for the rows of a table. */
function withTables(add: (name: string, body: Body, args?: readonly unknown[]) => void) {
  const bodyOf = (given: readonly unknown[]) => given.find(one => typeof one === 'function') as Body;
  const each =
    (table: readonly unknown[]) =>
    (name: string, ...more: unknown[]): void => {
      for (const item of table) {
        const row = Array.isArray(item) ? item : [item];
        add(titleOf(name, row), bodyOf(more), row);
      }
    };
  const plain = (name: string, ...more: unknown[]): void => add(name, bodyOf(more));
  return Object.assign(plain, { each, runIf: (runs: unknown) => (runs ? plain : () => undefined) });
}

/** Fills in `%s` by place, and `$key` by the key of the first value. */
function titleOf(name: string, row: readonly unknown[]): string {
  const [first] = row;
  const keyed = name.replace(/[$](\w+)/g, (all, key: string) =>
    typeof first === 'object' && first !== null && key in first
      ? String((first as Record<string, unknown>)[key])
      : all,
  );
  const places = keyed.match(/%[sdifjoO]/g)?.length ?? 0;
  // A library may fail to show its own objects, depending on what they hold.
  const shown = row
    .slice(0, places)
    .map(value => (typeof value === 'object' ? inspect(value, { customInspect: false }) : value));
  return format(keyed, ...shown);
}

async function* runSuite(suite: Suite, running: Running): AsyncGenerator<Outcome> {
  const isChosen = ({ id }: Test): boolean => running.isChosen?.(id) ?? true;
  const first = suite.tests.find(isChosen);
  if (!first) return;
  try {
    // Hooks that run before all tests count for the first one.
    const error = await failureOf(first, suite.beforeAll, running);
    if (error !== undefined) yield { test: first, error, took: 0 };
    for (const part of suite.parts) {
      if (part instanceof Suite) yield* runSuite(part, running);
      else if (isChosen(part)) yield await runTest(part, suite.path, running);
    }
  } finally {
    await failureOf(undefined, suite.afterAll, running);
  }
}

async function runTest(test: Test, path: readonly Suite[], running: Running): Promise<Outcome> {
  const before = performance.now();
  const steps = [...path.flatMap(suite => suite.beforeEach), test.body];
  const error = await failureOf(test, steps, running);
  const after = await failureOf(
    test,
    path.toReversed().flatMap(suite => suite.afterEach),
    running,
  );
  return { test, error: error ?? after, took: performance.now() - before };
}

/** The error of the first step that fails; no further step is taken then. */
async function failureOf(test: Test | undefined, steps: readonly Hook[], { at }: Running): Promise<unknown> {
  at?.(test);
  try {
    for (const step of steps) await step();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  } finally {
    at?.(undefined);
  }
}
