export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Whatever has lasted this long was a success, so a failure after it is the first in a row. */
  readonly steadyMs: number;
}

/** The cap is low: after a restart of the API server, the view should be in step within seconds. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 200, longestMs: 5000, steadyMs: 10_000 };

/**
 * The delay doubles, and is spread between a half and the whole, so that replicas do not return together.
 * @param failures how many there were in a row before this one
 */
export function delayOf(failures: number, { firstMs, longestMs }: Omit<Backoff, 'steadyMs'>): number {
  const whole = Math.min(firstMs * 2 ** Math.min(failures, 30), longestMs);
  return whole * (0.5 + Math.random() / 2);
}
