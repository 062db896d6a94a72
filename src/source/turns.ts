import { setImmediate as turn } from 'node:timers/promises';

/** How long work goes on before whatever has arrived meanwhile has its turn. */
const SLICE_MS = 3;

/** A long piece of work in slices. */
export interface Slices {
  /** Awaited after each piece; most of the time, it does not wait. */
  next(): Promise<void> | undefined;
  /** Waits for something, without counting that as work. */
  outside<T>(wait: () => Promise<T>): Promise<T>;
  /** The milliseconds of work since the last call. */
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
