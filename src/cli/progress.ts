import type { CliIo } from './io.ts';

const PATIENCE = 1000;
const INTERVAL = 100;

export interface Progress {
  /** So many of the total are done; of another total, where that is learnt on the way. */
  tick(done: number, total?: number): void;
  /** Takes the line away. */
  end(): void;
}

/** A line on standard error that counts, where a person watches and it takes more than a second. */
export function progressOn(io: CliIo, what: string, total: number, clock: () => number = Date.now): Progress {
  let due = clock() + PATIENCE;
  let shown = false;
  return {
    tick: (done, all = total) => {
      if (!io.isTTY || clock() < due) return;
      due = clock() + INTERVAL;
      shown = true;
      io.err(`\r${what} ${done} of ${all}`);
    },
    end: () => {
      if (shown) io.err('\r\u001b[K');
    },
  };
}
