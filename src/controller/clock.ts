import { setTimeout as wait } from 'node:timers/promises';

/** The time as background work sees it; tests set it by hand. */
export interface Clock {
  /** Milliseconds since some moment, never set back: waits are measured by it. */
  now(): number;
  /** Milliseconds since the epoch, for what is written down for people. */
  date(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await wait(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};

/** Resolves once the signal aborts, for work that only reacts to events. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
