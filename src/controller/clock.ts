import { setTimeout as wait } from 'node:timers/promises';

/** Time as background work sees it; tests turn the hands. */
export interface Clock {
  /** Milliseconds since some moment, never set back: what waits are measured by. */
  now(): number;
  /** Milliseconds since the epoch: what is written down for people. */
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

/** Resolves once it aborts: what those wait for who only react to events. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
