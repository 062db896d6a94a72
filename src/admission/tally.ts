import { Counter, type CounterConfiguration } from 'prom-client';

export interface Tally {
  add(...values: readonly string[]): void;
  /** Removes the series whose label values are not to be kept. */
  retain(keep: (values: readonly string[]) => boolean): void;
}

/**
 * A counter that is cheap to add to: the library sorts and hashes labels at every increment, which on a request's way
 * costs more than deciding. Counts are kept by label values and handed over when the metrics are collected.
 */
export function tally<Label extends string>(
  configuration: CounterConfiguration<Label> & { readonly labelNames: readonly Label[] },
): Tally {
  const { labelNames } = configuration;
  const series = new Map<string, { readonly values: readonly string[]; since: number }>();
  const labelsOf = (values: readonly string[]) =>
    Object.fromEntries(labelNames.map((name, i) => [name, values[i]])) as Record<Label, string>;
  const counter = new Counter<Label>({
    ...configuration,
    collect() {
      for (const one of series.values()) {
        this.inc(labelsOf(one.values), one.since);
        one.since = 0;
      }
    },
  });
  return {
    add: (...values) => {
      const key = values.length === 1 ? (values[0] as string) : values.join('\n');
      const entry = series.get(key);
      if (entry) entry.since++;
      else series.set(key, { values, since: 1 });
    },
    retain: keep => {
      for (const [key, { values }] of series) {
        if (keep(values)) continue;
        series.delete(key);
        counter.remove(labelsOf(values));
      }
    },
  };
}
