import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/scale/**', 'node_modules/**'],
    // To load and compile everything anew for each file took more than half of the processor's time. A file leaves nothing
    // behind: what it puts in place of something it takes back, and it mocks no module.
    isolate: false,
    setupFiles: ['test/support/fresh-worker.ts'],
    // One more than there are cores, as some files wait: for a process, for a time after which something must have happened.
    maxWorkers: availableParallelism() + 1,
    // Property tests run hundreds of cases; on a busy machine the default of 5 s says nothing about them.
    testTimeout: 30_000,
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
