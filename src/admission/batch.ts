/** How long a line may wait for others, in milliseconds. */
const WAIT = 20;

export interface Batch {
  /** Takes a line; it is written with those that come soon after it. */
  readonly write: (line: string) => void;
  /** Writes what waits now. */
  readonly flush: () => void;
}

/** A system call for each log line is a tenth of what a request costs; lines that come together are written together. */
export function batch(write: (text: string) => void): Batch {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    write(text);
  };
  return {
    flush,
    write: line => {
      waiting += line;
      timer ??= setTimeout(flush, WAIT);
    },
  };
}
