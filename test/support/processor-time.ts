/**
 * Tests of cost go by the processor time of this thread, never by the clock: a busy machine takes turns with the thread but
 * does not lengthen its time.
 * @returns milliseconds
 */
export function processorTime(work: () => unknown): number {
  const before = used();
  work();
  return used() - before;
}

/** Measures work that goes on in turns of the event loop, with whatever else this thread does meanwhile. */
export async function processorTimeOf<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly took: number }> {
  const before = used();
  const result = await work();
  return { result, took: used() - before };
}

function used(): number {
  // Linux brings the account of a thread up to date at its next tick, some milliseconds away, or when the account of all
  // threads is asked for (thread_group_cputime, kernel/sched/cputime.c).
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Whatever else happens in a round, such as a garbage collection, only adds time, so the least of three rounds counts. */
const ROUNDS = 3;
/** A neighbour on the same core, or a compiler that waits for one, may make three rounds expensive, but not this many. */
const MOST_ROUNDS = 12;
/** Work that takes fewer milliseconds is repeated: where the account is kept in ticks, it would take nothing. */
const LEAST_MS = 2;

/**
 * How many times the processor time of a control some work takes, by the least of each: of three rounds, and of more while the
 * result is not below what is expected. Work that takes more than that takes it in every round.
 * @example expect(timesControl(() => read(many), () => read(few), 30)).toBeLessThan(30)
 */
export function timesControl(work: () => unknown, control: () => unknown, expected: number): number {
  let [least, ofControl] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && least / ofControl >= expected); round++) {
    ofControl = Math.min(ofControl, each(control));
    least = Math.min(least, each(work));
  }
  return least / ofControl;
}

function each(work: () => unknown): number {
  let [sum, count] = [0, 0];
  for (; sum < LEAST_MS; count++) sum += processorTime(work);
  return sum / count;
}
