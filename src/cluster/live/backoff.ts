export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** What has lasted this long was a success: what fails after it is the first of a new row. */
  readonly steadyMs: number;
}

/** The cap is low: after a restart of the API server, the view should be in step within seconds. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 200, longestMs: 5000, steadyMs: 10_000 };

/**
 * Doubles, and spreads between half and whole, so that replicas do not come back together.
 * @param failures in a row before this one
 */
export function delayOf(failures: number, { firstMs, longestMs }: Omit<Backoff, 'steadyMs'>): number {
  const whole = Math.min(firstMs * 2 ** Math.min(failures, 30), longestMs);
  return whole * (0.5 + Math.random() / 2);
}
