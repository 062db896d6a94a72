/**
 * What tests of cost go by: processor time of this thread, which a busy machine takes turns with but does not lengthen, and
 * never how long something took by the clock.
 * @returns milliseconds
 */
export function processorTime(work: () => unknown): number {
  const before = used();
  work();
  return used() - before;
}

/** The same of work that goes on in turns of the event loop: with whatever else this thread does meanwhile. */
export async function processorTimeOf<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly took: number }> {
  const before = used();
  const result = await work();
  return { result, took: used() - before };
}

function used(): number {
  // Linux brings the account of a thread up to date at its next tick, some milliseconds away, or where the account of all
  // threads is asked for (thread_group_cputime, kernel/sched/cputime.c).
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What else happens in a round, such as a collection of garbage, only adds: of three rounds the least counts. */
const ROUNDS = 3;
/** A neighbour on the same core, or a compiler that waits for one, may make three dear, and not all of so many. */
const MOST_ROUNDS = 12;
/** Work that takes less is done again, in milliseconds: where the account is kept in ticks, it would take nothing. */
const LEAST_MS = 2;

/**
 * How many times the processor time of a control some work takes: the least of each, of three rounds at the least, and of
 * more of them while it is not below what is expected. What takes more than that always takes it in each of them.
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
