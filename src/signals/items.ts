import type { Occurrence } from '../pod/visit.ts';

/** The answer of a judge for one item: the offending value, or undefined when there is nothing to report. */
export type OffendingValue = string | number | boolean | undefined;

/**
 * The hits in a list of an object: `path + field[i] + suffix`, such as `spec.containers[0]`, `.ports`, `.hostPort`. The parts
 * are passed separately, so that no path is built before something is found.
 */
export function itemOccurrences<T>(
  list: readonly T[] | null | undefined,
  judge: (item: T) => OffendingValue,
  path: string,
  field: string,
  suffix = '',
  written?: (item: T) => string,
): readonly Occurrence[] | undefined {
  if (!list) return undefined;
  let hits: Occurrence[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (item == null) continue;
    const value = judge(item);
    if (value === undefined) continue;
    hits ??= [];
    const raw = written?.(item);
    const hit = { path: `${path}${field}[${i}]${suffix}`, value };
    hits.push(raw === undefined || raw === value ? hit : { ...hit, written: raw });
  }
  return hits;
}
