import { Counter, type CounterConfiguration } from 'prom-client';

/**
 * A counter that is cheap to add to: the library sorts and hashes labels at every increment, which on a request's way
 * costs more than deciding. Counts are kept by label values and handed over when the metrics are collected.
 */
export function tally<Label extends string>(
  configuration: CounterConfiguration<Label> & { readonly labelNames: readonly Label[] },
): (...values: readonly string[]) => void {
  const { labelNames } = configuration;
  const counts = new Map<string, { readonly values: readonly string[]; count: number }>();
  new Counter<Label>({
    ...configuration,
    collect() {
      for (const { values, count } of counts.values()) {
        this.inc(
          Object.fromEntries(labelNames.map((name, i) => [name, values[i]])) as Record<Label, string>,
          count,
        );
      }
      counts.clear();
    },
  });
  return (...values) => {
    const key = values.length === 1 ? (values[0] as string) : values.join('\n');
    const entry = counts.get(key);
    if (entry) entry.count++;
    else counts.set(key, { values, count: 1 });
  };
}
