/** How many times as long as it took. */
const REST_TIMES = 9;

/**
 * How long work rests that somebody else can cause at any time: so it takes a tenth of the time at most, however often they
 * do.
 * @param tookMs since it began
 */
export const restAfter = (tookMs: number): number => REST_TIMES * tookMs;
