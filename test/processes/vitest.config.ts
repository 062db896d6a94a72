import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Tests of whole processes, which together took a third of the processor's time of all tests: servers and reviews
 * under limits of memory and of open files, the bundle as it is packed, and the steps of CI files as a runner takes them.
 */
export const PROCESSES = [
  'test/action/{action,elsewhere,init}.test.ts',
  'test/admission/{clocks,memory,open-files}.test.ts',
  'test/architecture/build.test.ts',
  'test/controller/scan-speed.test.ts',
  'test/source/memory.test.ts',
];

export default defineConfig({
  test: {
    include: PROCESSES,
    // One more than there are cores, as some wait for a process.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
