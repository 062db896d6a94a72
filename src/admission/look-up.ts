import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to what was found; undefined where nothing was. */
type Find = (name: string) => Promise<unknown>;

/** Look-ups that may find nothing, at once and in a second. */
const MOST_MISSES = 10;
/** The milliseconds after which the watch has brought a namespace that is there. */
const LATE_MS = 100;

/**
 * Bounds the calls that requests cause. A name that is made up finds nothing, so that is what is counted: of names that
 * are there, each is found once and known from then on. Beyond the bound the watch gets a moment to bring what is there.
 *
 * @param now a clock that does not jump, in milliseconds
 */
export function boundedLookUp(find: Find, now: () => number = () => performance.now(), late = LATE_MS): Find {
  const calls = new Map<string, Promise<unknown>>();
  let left = MOST_MISSES;
  let counted = now();
  const refill = (): void => {
    const passed = (now() - counted) / 1000;
    left = Math.min(MOST_MISSES, left + passed * MOST_MISSES);
    counted = now();
  };
  const call = async (name: string): Promise<unknown> => {
    try {
      const found = await find(name);
      if (found !== undefined) left++;
      return found;
    } finally {
      calls.delete(name);
    }
  };
  return name => {
    const running = calls.get(name);
    if (running) return running;
    refill();
    if (left < 1) return sleep(late);
    left--;
    const started = call(name);
    calls.set(name, started);
    return started;
  };
}
