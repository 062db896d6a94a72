import { clean } from '../../source/text.ts';
import type { CliIo } from './io.ts';

const PATIENCE_MS = 1000;
const INTERVAL_MS = 100;
/** A text that clears the line. */
const CLEARED = '\r\u001b[K';

export interface Progress {
  /** Shows how many are done, of the total where that is known; a total that becomes known later replaces the first. */
  tick(done: number, total?: number): void;
  /** Removes the line. */
  end(): void;
}

/** A progress line on standard error, shown if a person watches and it takes more than a second. */
export function progressOn(
  io: CliIo,
  what: string,
  total: number | undefined,
  clock: () => number = Date.now,
): Progress {
  let due = clock() + PATIENCE_MS;
  let shown = false;
  return {
    tick: (done, all = total) => {
      if (!io.isTTY || clock() < due) return;
      due = clock() + INTERVAL_MS;
      shown = true;
      io.err(`\r${what} ${all === undefined ? done : `${done} of ${all}`}`);
    },
    end: () => {
      if (shown) io.err(CLEARED);
    },
  };
}

/** A progress line for something that cannot be counted, such as another program: what it is, until it is done. */
export async function waitingFor<T>(io: CliIo, what: string, work: Promise<T>): Promise<T> {
  if (!io.isTTY) return work;
  let shown = false;
  const due = setTimeout(() => {
    shown = true;
    io.err(`\rwaiting for ${clean(what)}`);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(due);
    if (shown) io.err(CLEARED);
  }
}
