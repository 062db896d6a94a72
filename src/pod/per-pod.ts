import type { PodView } from './view.ts';

/**
 * Remembers what was computed of a Pod as long as its view lives. What each volume or finding asks of the whole Pod goes
 * through it: a Pod has thousands of them if its author likes.
 */
export function perPod<T>(compute: (pod: PodView) => T): (pod: PodView) => T {
  const known = new WeakMap<PodView, { readonly value: T }>();
  return pod => {
    let entry = known.get(pod);
    if (!entry) {
      entry = { value: compute(pod) };
      known.set(pod, entry);
    }
    return entry.value;
  };
}
