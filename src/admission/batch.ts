/** How long a line may wait for others, in milliseconds. */
const WAIT_MS = 20;

export interface Batch {
  /** Takes a line; it is written with those that come soon after it. */
  readonly write: (line: string) => void;
  /** Takes what makes a line, called when it is written. Dropped while the reader is too far behind. */
  readonly later: (make: () => string) => void;
  /** Writes what waits now. */
  readonly flush: () => void;
  /** How many lines were dropped. */
  readonly dropped: () => number;
}

/** A reader that is as far behind, in bytes, has stopped: what it has not read is memory of the webhook's. */
const MOST_BEHIND_BYTES = 4 * 1024 * 1024;

/**
 * A system call for each log line is a tenth of what a request costs; lines that come together are written together.
 * Made together too, one after the other, their making finds its code in the processor's caches.
 * @param behind how many bytes were written that nobody has read
 */
export function batch(write: (text: string) => void, behind = (): number => 0): Batch {
  let waiting: (() => string)[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    write(lines.map(make => make()).join(''));
  };
  const add = (make: () => string): void => {
    waiting.push(make);
    timer ??= setTimeout(flush, WAIT_MS);
  };
  const later = (make: () => string): void => {
    if (behind() > MOST_BEHIND_BYTES) dropped++;
    else add(make);
  };
  return { flush, later, write: line => add(() => line), dropped: () => dropped };
}
