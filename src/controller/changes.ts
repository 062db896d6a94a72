import type { LiveObject } from '../cluster/live-object.ts';
import type { Compilation } from '../policy/load.ts';
import type { Snapshot } from '../policy/policy.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Feed } from './feed.ts';

/** The policies, exemptions and profiles of a cluster, and what became of them together with those of files. */
export interface LoadedObjects {
  readonly objects: readonly LiveObject[];
  readonly result: Compilation;
  /** The same objects as they are stored by now. Left out where nobody else writes their status. */
  readonly stored?: () => readonly LiveObject[];
}

/** What work is done anew for when it changes. */
export interface Changing {
  readonly policies: Feed<LoadedObjects>;
  /** Tells of changed RuntimeClasses. */
  readonly classes: Feed<unknown>;
  readonly view: { ready(): boolean };
  readonly clock?: Clock;
}

export interface Pause {
  /** The milliseconds until it is done again though nothing has changed. */
  readonly pauseMs: number;
  /** How long changes are gathered. */
  readonly settleMs: number;
}

const UNREADY_MS = 1000;

/**
 * Does the work once all is known, and again after each pause, until the signal aborts; changed policies or RuntimeClasses
 * end the pause. One at a time.
 */
export async function workOnChanges(
  { policies, classes, view, clock = systemClock }: Changing,
  signal: AbortSignal,
  work: (newest: Snapshot) => Promise<Pause>,
): Promise<void> {
  let newest: Snapshot | undefined;
  let changed = new AbortController();
  const wake = (): void => changed.abort();
  const leave = [
    policies.follow(({ result }) => {
      newest = result.snapshot;
      wake();
    }),
    classes.follow(wake),
  ];
  try {
    while (!signal.aborted) {
      // Half of it would be taken for the whole.
      if (!newest || !view.ready()) {
        await clock.sleep(UNREADY_MS, signal);
        continue;
      }
      changed = new AbortController();
      const { pauseMs, settleMs } = await work(newest);
      await clock.sleep(pauseMs, AbortSignal.any([signal, changed.signal]));
      if (changed.signal.aborted) await clock.sleep(settleMs, signal);
    }
  } finally {
    for (const one of leave) one();
  }
}
