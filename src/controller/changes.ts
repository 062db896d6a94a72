import type { LiveObject } from '../cluster/live-object.ts';
import type { Compilation } from '../policy/load.ts';
import type { Snapshot } from '../policy/policy.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Feed } from './feed.ts';

/** The policies, exemptions and profiles of a cluster, and the result of loading them together with those of files. */
export interface LoadedObjects {
  readonly objects: readonly LiveObject[];
  readonly result: Compilation;
  /** The same objects as they are stored now. Left out where nobody else writes their status. */
  readonly stored?: () => readonly LiveObject[];
}

/** What makes the work be done again when it changes. */
export interface Changing {
  readonly policies: Feed<LoadedObjects>;
  /** Reports changed RuntimeClasses. */
  readonly classes: Feed<unknown>;
  readonly view: { ready(): boolean };
  readonly clock?: Clock;
}

export interface Pause {
  /** The milliseconds until the work is done again, even if nothing has changed. */
  readonly pauseMs: number;
  /** How long changes are gathered before the work is done again. */
  readonly settleMs: number;
}

const UNREADY_MS = 1000;

/**
 * Does the work once everything is known, and again after each pause, until the signal aborts. Changed policies or
 * RuntimeClasses end the pause. It is done once at a time.
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
      // A part of the objects would be taken for all of them.
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
