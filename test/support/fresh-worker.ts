import { setFlagsFromString } from 'node:v8';

/* Undoes, before each file of tests, what an earlier file has left in the worker that both share (vitest.config.ts). */

// `review` makes V8 collect its heap often (src/cli/judging/collect-often.ts), for good; 0 restores V8's own measure.
setFlagsFromString('--heap-growing-percent=0');
