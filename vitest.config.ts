import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
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
