import { defineConfig } from 'vitest/config';

/** Tests of a release of the chart: a cluster has one, and it has the webhook configurations that setup.ts registers otherwise. */
export default defineConfig({
  test: {
    include: ['test/e2e/{install,rollout}*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    reporters: ['verbose'],
  },
});
