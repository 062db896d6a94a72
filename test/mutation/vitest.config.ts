import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: process.env.MUTATION_TESTS?.split(',') ?? [],
    // Those that measure time, which the switches between mutants take too, and one of the CEL that tests have.
    exclude: ['**/floods.test.ts', '**/*speed.test.ts', '**/cel-cases.test.ts'],
    testTimeout: 300_000,
    setupFiles: ['test/mutation/setup.ts'],
    // Each run has a worker of its own anyway.
    isolate: false,
  },
});
