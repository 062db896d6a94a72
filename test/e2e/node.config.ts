import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** Tests that take something from the node that test/cluster started. */
export default defineConfig({
  test: { ...config.test, include: ['test/e2e/node*.test.ts'], exclude: [] },
});
