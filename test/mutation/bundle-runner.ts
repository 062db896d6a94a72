import { globSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import fc from 'fast-check';
import { type Bundle, bundleOf } from './bundle.ts';
import { Harness, type Outcome, type Running, type Test } from './harness.ts';
import { likeliestFirst, remember } from './likeliest-first.ts';

/*
A runner for Stryker that makes one module of all tests of an area and what they test, and evaluates it anew for each
mutant, in one process: to start a worker of vitest for each takes some fifty times as long.
*/

/** Left out are the tests that measure time, which the switches between mutants take too, and one of the CEL that tests have. */
const LEFT_OUT = ['**/floods.test.ts', '**/*speed.test.ts', '**/cel-cases.test.ts'];

/** The global of instrumented code: `InstrumenterContext` of @stryker-mutator/api. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: object | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

interface MutantRun {
  /** The ids of the tests that see the mutant; undefined for all. */
  readonly testFilter?: readonly string[];
  /** The mutant counts as endless once it is reached more often than this. */
  readonly hitLimit?: number;
  readonly activeMutant: { readonly id: string; readonly fileName: string };
}

const all = globalThis as unknown as Record<string, Instrumented>;
all[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
const instrumented = all[INSTRUMENTER_CONSTANTS.NAMESPACE] as Instrumented;

class BundleRunner {
  readonly #files: readonly string[] = (JSON.parse(process.env.MUTATION_TESTS ?? '[]') as readonly string[])
    .flatMap(pattern => globSync(pattern))
    .filter(file => !LEFT_OUT.some(pattern => matchesGlob(file, pattern)))
    .sort();
  /** How long each file of tests took, in milliseconds. */
  readonly #took = new Map<string, number>();
  readonly #firstTest = new Map<string, Test>();
  #bundle: Bundle | undefined;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    fc.configureGlobal({
      // A mutant dies of the first case that fails; looking for a smaller one takes longer than all the rest.
      endOnFailure: true,
      // The time is in milliseconds. A mutant that survives so many cases survives the rest, too, as a rule.
      interruptAfterTimeLimit: Number(process.env.MUTATION_PROPERTIES),
    });
    // A promise that a mutant leaves without a handler fails no test by itself.
    process.on('unhandledRejection', () => undefined);
    this.#bundle = await bundleOf(this.#files);
  }

  async dryRun() {
    Object.assign(instrumented, { activeMutant: undefined, mutantCoverage: { static: {}, perTest: {} } });
    const tests: object[] = [];
    for (const file of this.#files) {
      const before = performance.now();
      // Each file is evaluated anew, or what is worked out once would count only for the first test that asks for it.
      for await (const { test, error, took } of this.#outcomes([file], { at: tellWhichTest })) {
        if (!this.#firstTest.has(file)) this.#firstTest.set(file, test);
        const outcome = error === undefined ? { status: 0 } : { status: 1, failureMessage: String(error) };
        // The file stands in the id, so it is left out: otherwise one more test in it would have all tried again that others
        // killed.
        tests.push({ id: test.id, name: test.id, timeSpentMs: took, ...outcome });
      }
      this.#took.set(file, performance.now() - before);
    }
    return { status: 'complete', tests, mutantCoverage: instrumented.mutantCoverage };
  }

  async mutantRun({ testFilter, activeMutant: { id, fileName }, hitLimit }: MutantRun) {
    const reaching = testFilter && new Set(testFilter);
    const files = this.#files.filter(file => !reaching || testFilter.some(one => one.startsWith(`${file}#`)));
    const order = (some: readonly string[]) =>
      likeliestFirst(some, fileName, one => this.#took.get(one) ?? 0);
    Object.assign(instrumented, { activeMutant: id, hitCount: hitLimit && 0, hitLimit });
    const result = await this.#tryMutant(order(files), fileName, {
      isChosen: one => reaching?.has(one) ?? true,
    });
    if (result.status !== 'survived' || !reaching) return result;
    // A value that is worked out once was seen only by the test that asked first, and others may know better what it should be.
    const others = { isChosen: (one: string) => !reaching.has(one) };
    const second = await this.#tryMutant(order(this.#files), fileName, others);
    return second.nrOfTests === 0 ? result : second;
  }

  async #tryMutant(files: readonly string[], mutated: string, running: Running) {
    let ran = 0;
    for await (const { file, test, error } of this.#outcomes(files, running)) {
      ran++;
      const { hitCount = 0, hitLimit } = instrumented;
      if (hitLimit !== undefined && hitCount > hitLimit)
        return { status: 'timeout', reason: `reached ${hitCount} times` };
      if (error === undefined) continue;
      remember(mutated, file);
      return { status: 'killed', killedBy: [test.id], failureMessage: String(error), nrOfTests: ran };
    }
    if (ran === 0) return { status: 'error', errorMessage: 'none of its tests ran', nrOfTests: 0 };
    return { status: 'survived', nrOfTests: ran };
  }

  /** Evaluates the files as if nothing had run before, and yields the outcome of each test. The files share what they import. */
  async *#outcomes(files: readonly string[], running: Running): AsyncGenerator<Outcome & { file: string }> {
    const harness = new Harness();
    const loaders = await this.#bundle?.evaluate(harness.api);
    for (const file of files) {
      try {
        await harness.collect(file, async () => loaders?.[file]?.());
      } catch (error) {
        // A file that does not load counts as one that fails, as in `npm test`.
        yield { file, error, test: this.#firstTest.get(file) ?? notLoaded(file), took: 0 };
      }
      for await (const outcome of harness.run(file, running))
        yield { file, ...outcome, ...(isNoAnswer(outcome.error) && { error: undefined }) };
    }
  }
}

const notLoaded = (file: string): Test => ({ id: `${file}#`, body: () => undefined });

/** On a busy machine a property may not get the time for a single case. */
const isNoAnswer = (error: unknown): boolean => String(error).includes('Property interrupted after 0 tests');

function tellWhichTest(test: Test | undefined): void {
  instrumented.currentTestId = test?.id;
}

const create = (): BundleRunner => new BundleRunner();
create.inject = [] as const;

export const strykerPlugins = [{ kind: 'TestRunner', name: 'bundle', factory: create }];
