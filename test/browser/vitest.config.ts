import { defineConfig } from 'vitest/config';

/** What needs a Chromium: `npm run browser`, with one on PATH (Debian's package is called chromium). */
export default defineConfig({
  test: {
    include: ['test/browser/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    reporters: ['verbose'],
  },
});
