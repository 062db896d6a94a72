import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Processes under the limits of the chart, one after the other: a minute in which the other workers do all the rest. */
const LONGEST = /\/(admission|source)\/memory\.test\.ts$/;

/** Otherwise as vitest has it: large files first, or long ones, where it has seen them run. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (LONGEST.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those below need a browser, a cluster, or a copy of all this: npm run browser, e2e, scale, examples.
    exclude: [
      ...['test/browser/**', 'test/e2e/**', 'test/scale/**', 'test/docs/adding.test.ts'],
      'node_modules/**',
    ],
    // To load and compile everything anew for each file took more than half of the processor's time. A file leaves nothing
    // behind: what it puts in place of something it takes back, and it mocks no module.
    isolate: false,
    setupFiles: ['test/support/fresh-worker.ts'],
    sequence: { sequencer: LongestFirst },
    // One more than there are cores, as some files wait: for a process, for a time after which something must have happened.
    maxWorkers: availableParallelism() + 1,
    // Property tests run hundreds of cases; on a busy machine the default of 5 s says nothing about them.
    testTimeout: 30_000,
    // Hooks build, generate keys and start servers: as long as for the tests on a cluster.
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      thresholds: {
        'src/decision/**': { lines: 95 },
        'src/signals/**': { lines: 95 },
        'src/policy/**': { lines: 95 },
      },
    },
  },
});
