import { restAfter } from '../source/rest.ts';

/**
 * Who has changed something. Changes by operators do not wait for changes by tenants: whoever may write policies in one
 * namespace may change them as often as they like.
 */
export type Writer = 'operator' | 'tenant';

/** The longest that a change by an operator waits while nothing is being reported. */
const OPERATORS_WAIT_MS = 1000;
/** The longest rest, which also applies after the first load of everything. */
const MOST_REST_MS = 10_000;

/** Gathers changes and reports them, one report at a time, with a rest after each as long as `restAfter` says. */
export interface Telling {
  /** Something has changed. It is reported after `settleMs`, and after the rest that follows the last report. */
  soon(writer: Writer): void;
  stop(): void;
}

/** @param tell resolves when all that follows from a report is done */
export function telling(tell: () => void | Promise<void>, settleMs: number): Telling {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let restUntil = 0;
  let isTelling = false;
  let isStopped = false;
  /** Who has changed something since the current report began. */
  let next: Writer | undefined;
  const soon = (writer: Writer): void => {
    if (isStopped) return;
    if (isTelling) {
      next = next === 'operator' ? next : writer;
      return;
    }
    const now = performance.now();
    const rested = writer === 'tenant' ? restUntil : Math.min(restUntil, now + OPERATORS_WAIT_MS);
    const at = Math.max(now + settleMs, rested);
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, at - now);
  };
  const run = async (): Promise<void> => {
    due = Number.POSITIVE_INFINITY;
    isTelling = true;
    const began = performance.now();
    try {
      await tell();
    } finally {
      const ended = performance.now();
      restUntil = ended + Math.min(MOST_REST_MS, restAfter(ended - began));
      isTelling = false;
      if (next) soon(next);
      next = undefined;
    }
  };
  return {
    soon,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
