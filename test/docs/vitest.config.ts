import { defineConfig } from 'vitest/config';

/** What CONTRIBUTING.md leads through, applied to a copy of the project: it builds, checks and tests that copy. */
export default defineConfig({
  test: {
    include: ['test/docs/adding.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
