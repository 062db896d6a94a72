import { defineConfig } from 'vitest/config';

/** Applies the examples of CONTRIBUTING.md to a copy of the project, then builds, checks and tests that copy. */
export default defineConfig({
  test: {
    include: ['test/docs/adding.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
