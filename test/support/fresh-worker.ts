import { setFlagsFromString } from 'node:v8';

/*
Before each file of tests: what an earlier one has left in the worker, which is another's after it (vitest.config.ts).
*/

// `review` has its heap collected often (src/cli/judging/collect-often.ts), for good; 0 is V8's own measure.
setFlagsFromString('--heap-growing-percent=0');
