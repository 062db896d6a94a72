import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/*.test.ts'],
    exclude: ['test/e2e/{chart-render,install,rollout,node}*.test.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    // One API server, and policies that a test changes while the webhook runs.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
