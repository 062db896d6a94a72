import process from 'node:process';
import { defineConfig } from 'vitest/config';

/** Before Kubernetes 1.31 nodes do not report their handlers, and before 1.33 there is no pods/resize; run.sh says that too. */
const old = process.env.KUBERNETES === '1.30';

export default defineConfig({
  test: {
    include: ['test/e2e/*.test.ts'],
    exclude: [
      'test/e2e/{chart-render,install,rollout,node,docker}*.test.ts',
      ...(old ? ['test/e2e/handler-lost.test.ts'] : []),
    ],
    ...(old && { testNamePattern: '^(?!.*pods/resize)' }),
    globalSetup: ['test/e2e/setup.ts'],
    // One API server, and policies that a test changes while the webhook runs.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['verbose'],
  },
});
