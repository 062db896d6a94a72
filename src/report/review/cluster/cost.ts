import type { Overhead, Reviewed, ReviewedCluster } from '../../result.ts';
import { isPod } from './groups.ts';

/** What so many Pods would ask for besides what they ask for now. */
export interface Cost extends Overhead {
  readonly pods: number;
}

/** A class that is set now costs already, and one that the webhook would not set costs nothing. */
export const willCost = (result: Reviewed): boolean =>
  isPod(result) && result.decision.verdict === 'sandbox' && result.mode !== 'off';

/** The sum of the overheads of the classes that would be injected, with every namespace but those that are off at `inject`. */
export function costOf(
  results: readonly Reviewed[],
  { overheads }: Pick<ReviewedCluster, 'overheads'>,
): Cost {
  const sandboxed = results.filter(willCost);
  const each = sandboxed.flatMap(({ decision }) => overheads.get(decision.runtimeClass ?? '') ?? []);
  return {
    pods: sandboxed.length,
    cpu: rounded(each.reduce((sum, { cpu }) => sum + cpu, 0)),
    memory: each.reduce((sum, { memory }) => sum + memory, 0),
  };
}

/** Rounds to the millicore, the smallest part that Kubernetes knows: a sum of fractions is off by less than that. */
const rounded = (cores: number): number => Math.round(cores * 1000) / 1000;

/** `3.75`, as `kubectl top` has cores; `-` for none. */
export const cpuText = (cores: number): string => (cores === 0 ? '-' : String(rounded(cores)));

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** `4.7Gi`; `-` for none. */
export function memoryText(bytes: number): string {
  if (bytes === 0) return '-';
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Math.round(value * 10) / 10}${UNITS[unit]}`;
}
