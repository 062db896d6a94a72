import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PROCESSES } from './test/processes/vitest.config.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those below need a browser, a cluster, a copy of all this, or minutes: npm run browser, e2e, scale, examples, processes.
    exclude: [
      ...['test/browser/**', 'test/e2e/**', 'test/scale/**', 'test/docs/adding.test.ts'],
      ...PROCESSES,
      'node_modules/**',
    ],
    // To load and compile everything anew for each file took more than half of the processor's time. A file leaves nothing
    // behind: what it puts in place of something it takes back, and it mocks no module.
    isolate: false,
    setupFiles: ['test/support/fresh-worker.ts'],
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
