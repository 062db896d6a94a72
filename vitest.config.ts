import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/scale/**', 'node_modules/**'],
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
