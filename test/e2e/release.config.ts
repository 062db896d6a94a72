import process from 'node:process';
import { defineConfig } from 'vitest/config';

/** Others may use the cluster: its control plane is restarted only where run.sh was told how. */
const exclude = process.env.TEST_COFFERDAM_E2E_RESTART ? [] : ['test/e2e/rollout-restart.test.ts'];

/** Tests of the chart and a release of it: a cluster has one, and it has the webhook configurations that setup.ts registers otherwise. */
export default defineConfig({
  test: {
    include: ['test/e2e/{chart-render,install,rollout}*.test.ts'],
    exclude,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    reporters: ['verbose'],
  },
});
