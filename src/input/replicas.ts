import { isMap, type Mapping } from '../source/mapping.ts';
import { type Keys, valueAt } from '../source/path.ts';

/** More than any cluster runs: a number beyond it is no longer exact where others are added to it. */
const MOST = 1_000_000_000;

/**
 * How many Pods of one template run at once, as far as its object says: `replicas` of whatever stands around the template, and
 * of a Job, as many as run in parallel (a JobSet has both). Undefined where it says nothing, such as a placeholder.
 * @param keys where the template, or most of what is known of the Pod, lies
 */
export function replicasOf(object: Mapping, keys: Keys): number | undefined {
  const around = keys.map((_, i) => valueAt(object, keys.slice(0, i)));
  const counts = [
    ...[...around, valueAt(object, keys)].flatMap(one => (isMap(one) ? numberOf(one.replicas) : [])),
    ...(keys.at(-1) === 'template' ? inParallel(around.at(-1)) : []),
  ];
  if (counts.length === 0) return undefined;
  return Math.min(
    MOST,
    counts.reduce((product, one) => product * one, 1),
  );
}

/** A Job runs one after the other where it does not say how many at once, and never more than it has to. */
function inParallel(spec: unknown): readonly number[] {
  if (!isMap(spec)) return [];
  const [parallelism, completions] = [numberOf(spec.parallelism), numberOf(spec.completions)];
  if (parallelism.length + completions.length === 0) return [];
  return [Math.min(...(parallelism.length > 0 ? parallelism : [1]), ...completions)];
}

const numberOf = (value: unknown): readonly number[] =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? [value] : [];
