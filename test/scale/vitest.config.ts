import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/scale/*.test.ts'],
    globalSetup: ['test/scale/setup.ts'],
    // One API server, which one of them kills.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['verbose'],
  },
});
