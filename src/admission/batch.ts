/** How long a line may wait for others, in milliseconds. */
const WAIT_MS = 20;

export interface Batch {
  /** Takes a line; it is written with those that come soon after it. */
  readonly write: (line: string) => void;
  /**
   * Takes a function that makes a line, and calls it when the line is written. Lines are dropped while the reader is too far
   * behind.
   */
  readonly later: (make: () => string) => void;
  /** Writes what waits now. */
  readonly flush: () => void;
  /** How many lines were dropped. */
  readonly dropped: () => number;
}

/** A reader that is this many bytes behind has stopped reading, and what it has not read takes the webhook's memory. */
const MOST_BEHIND_BYTES = 4 * 1024 * 1024;

/**
 * Writes lines that come soon after each other together, as a system call for each line costs a tenth of what a request does.
 * The lines are also made together, so that the code that makes them is still in the processor's caches.
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
