import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** Tests on a Docker Engine, which test/cluster/docker.sh starts. They need no cluster. */
export default defineConfig({
  test: { ...config.test, include: ['test/e2e/docker*.test.ts'], exclude: [], globalSetup: [] },
});
