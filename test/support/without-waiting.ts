import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { vi } from 'vitest';

export interface Waits {
  /** The times that were asked for, in milliseconds, in order. */
  readonly asked: readonly number[];
  /** From now on waiting takes time again. */
  readonly end: () => void;
}

/**
 * Makes waits by node:timers/promises take no time, also those of modules that another file of tests has loaded already, which
 * vi.mock would miss.
 * @param until all of them are over
 */
export function withoutWaiting(until: Promise<void> = Promise.resolve()): Waits {
  const asked: number[] = [];
  const spy = vi.spyOn(timers, 'setTimeout').mockImplementation(async (ms = 1, value, options) => {
    options?.signal?.throwIfAborted();
    asked.push(ms);
    await until;
    return value as never;
  });
  syncBuiltinESMExports();
  const end = (): void => {
    spy.mockRestore();
    syncBuiltinESMExports();
  };
  return { asked, end };
}
