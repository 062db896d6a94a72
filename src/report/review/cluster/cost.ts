import type { Overhead, Reviewed, ReviewedCluster } from '../../result.ts';
import { isPod } from './groups.ts';

/** What a number of Pods would request beyond what they do now. */
export interface Cost extends Overhead {
  readonly pods: number;
}

/** Whether its class adds a cost: one that is set now costs already, and one that the webhook would not set costs nothing. */
export const willCost = (result: Reviewed): boolean =>
  isPod(result) && result.decision.verdict === 'sandbox' && result.mode !== 'off';

/** The sum of the overheads of classes that would be injected if every namespace that is not off were set to `inject`. */
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
export const rounded = (cores: number): number => Math.round(cores * 1000) / 1000;

/** Cores as in `kubectl top`, such as `3.75`; `-` for none. */
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
