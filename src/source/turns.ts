import { setImmediate as turn } from 'node:timers/promises';

/** How long work goes on before what has come meanwhile has its turn. */
const SLICE_MS = 3;

/** Work that goes through much, in slices. */
export interface Slices {
  /** Awaited after each piece; after most of them, it waits for nothing. */
  next(): Promise<void> | undefined;
  /** A wait that is no work. */
  outside<T>(wait: () => Promise<T>): Promise<T>;
  /** Milliseconds of work since this was asked last. */
  worked(): number;
}

export function slices(): Slices {
  let resumed = performance.now();
  let sum = 0;
  const outside = async <T>(wait: () => Promise<T>): Promise<T> => {
    sum += performance.now() - resumed;
    try {
      return await wait();
    } finally {
      resumed = performance.now();
    }
  };
  return {
    outside,
    next: () => (performance.now() - resumed > SLICE_MS ? outside(() => turn()) : undefined),
    worked: () => {
      const now = performance.now();
      const worked = sum + now - resumed;
      resumed = now;
      sum = 0;
      return worked;
    },
  };
}
