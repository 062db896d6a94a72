import type { PodView } from './view.ts';

/**
 * Remembers what was computed about a Pod as long as its view exists. Whatever each volume or finding needs to know about the
 * whole Pod goes through it, as a Pod may have thousands of them. The view itself keeps it, not a WeakMap: V8 makes a new table
 * each time such a map grows, and an old table points to the next. A table that has reached the old generation keeps all later
 * tables, and the Pods in them, from being collected while they are young.
 */
export function perPod<T extends object>(compute: (pod: PodView) => T): (pod: PodView) => T {
  return pod => {
    const { computed } = pod;
    const known = computed.get(compute) as T | undefined;
    if (known !== undefined) return known;
    const first = compute(pod);
    computed.set(compute, first);
    return first;
  };
}
