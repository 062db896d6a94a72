import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to what was found; undefined where nothing was. */
type Find = (name: string) => Promise<unknown>;

/** How many look-ups may find nothing at once, and in a second. */
const MOST_MISSES = 10;
/** How long the watch takes at most to bring a namespace that exists, in milliseconds. */
const LATE_MS = 100;

/**
 * Bounds the calls that requests cause. Only look-ups that find nothing are counted, as a name that exists is found once and
 * known from then on. Beyond the bound, the watch gets a moment to bring what exists.
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
