import { NAMESPACED_LIMITS, NAMESPACED_VALUES } from '../../src/policy/schema/limits.ts';
import { SIGNALS } from '../../src/signals/index.ts';

type Json = Record<string, unknown>;

export const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
export const key = (i: number, length = NAMESPACED_LIMITS.key): string => {
  const name = `${i}${'k'.repeat(60)}`.slice(0, 60);
  const prefix = `${'a'.repeat(60)}.`.repeat(6).slice(0, length - name.length - 2);
  return `${prefix}a/${name}`;
};
const value = (i: number): string => `${i}${'v'.repeat(63)}`.slice(0, 63);
export const selecting = (podSelector: Json): Json => ({ match: { podSelector } });
export const requirements = (count: number, values: number): Json =>
  selecting({
    matchExpressions: times(count, i => ({ key: key(i), operator: 'NotIn', values: times(values, value) })),
  });
export const weighing = (labels: number, weights: number): Json => ({
  labels: times(labels, i => ({
    key: key(i),
    weights: Object.fromEntries(times(weights, j => [value(j), j])),
  })),
});

/** The spec of the largest SandboxPolicy that its limits allow, with the longest names and values. */
export const LARGEST: Json = {
  match: {
    podSelector: {
      matchLabels: Object.fromEntries(times(NAMESPACED_LIMITS.matchLabels, i => [key(i), value(i)])),
      ...(
        requirements(
          NAMESPACED_LIMITS.matchExpressions,
          NAMESPACED_VALUES / NAMESPACED_LIMITS.matchExpressions,
        ).match as { podSelector: Json }
      ).podSelector,
    },
  },
  scoring: {
    ...weighing(NAMESPACED_LIMITS.labels, NAMESPACED_LIMITS.weights),
    signals: Object.fromEntries(
      SIGNALS.filter(({ category }) => category !== 'requirement').map(({ id }, i) => [id, 71 + (i % 29)]),
    ),
    rules: times(NAMESPACED_LIMITS.rules, i => ({
      name: `rule-${i}`,
      expression: `object.metadata.name == '${'x'.repeat(2000)}'`,
      weight: i,
      message: 'm'.repeat(NAMESPACED_LIMITS.message),
    })),
  },
  tiers: times(NAMESPACED_LIMITS.tiers, i => ({ atLeast: 10 * i + 1, isolation: 'app-kernel' })),
  minimumIsolation: 'app-kernel',
};
