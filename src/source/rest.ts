/** How many times as long the rest is as the work. */
const REST_TIMES = 9;

/**
 * How long work rests that somebody else can cause at any time, so that it takes at most a tenth of the time, however often
 * they do.
 * @param tookMs the time of the work
 */
export const restAfter = (tookMs: number): number => REST_TIMES * tookMs;
