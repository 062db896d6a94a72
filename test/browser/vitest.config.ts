import { defineConfig } from 'vitest/config';

/** The tests that need a Chromium: `npm run browser`, with one on PATH (Debian's package is named chromium). */
export default defineConfig({
  test: {
    include: ['test/browser/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    reporters: ['verbose'],
  },
});
