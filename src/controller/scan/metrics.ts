import { setImmediate as turn } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { NamespaceCounts } from './namespace.ts';

/** What the leader shows of its scans; another replica shows nothing of this. */
export interface ScanMetrics {
  /** Shows a scan in place of the one before: a namespace that is gone is gone here too. */
  scanned(namespaces: readonly NamespaceCounts[], seconds: number, finishedAt: number): Promise<void>;
  failed(): void;
  close(): void;
}

/** Namespaces whose series are set before requests have their turn. */
const SLICE = 100;

export function scanMetrics(registry: Registry): ScanMetrics {
  const shown = new Map<string, Gauge<string>>();
  const show = (gauge: Gauge<string>, name: string): void => {
    if (shown.has(name)) registry.removeSingleMetric(name);
    registry.registerMetric(gauge);
    shown.set(name, gauge);
  };
  const failures = new Counter({
    name: 'cofferdam_scan_failures_total',
    help: 'Scans that could not be done, or whose reports could not all be written.',
    registers: [registry],
  });
  return {
    scanned: async (namespaces, seconds, finishedAt) => {
      const gauges = SCAN_GAUGES.map(({ labels, ...rest }) => ({
        ...rest,
        gauge: new Gauge<string>({ ...rest, labelNames: labels, registers: [] }),
      }));
      const [pods, drifted, duration, timestamp] = gauges.map(({ gauge }) => gauge) as [
        Gauge,
        Gauge,
        Gauge,
        Gauge,
      ];
      duration.set(seconds);
      timestamp.set(finishedAt / 1000);
      for (const [i, one] of namespaces.entries()) {
        const { namespace: resource_namespace } = one;
        for (const { verdict, isolation, count } of one.pods)
          pods.set({ resource_namespace, verdict, isolation }, count);
        if (one.drifted > 0) drifted.set({ resource_namespace }, one.drifted);
        if (i % SLICE === 0) await turn();
      }
      for (const { gauge, name } of gauges) show(gauge, name);
    },
    failed: () => failures.inc(),
    close: () => {
      for (const name of [...shown.keys(), 'cofferdam_scan_failures_total'])
        registry.removeSingleMetric(name);
    },
  };
}

/** Not `namespace`: whoever scrapes sets that to the namespace of this replica. */
const SCAN_GAUGES = [
  {
    name: 'cofferdam_pods',
    help: 'Pods that run, by what would be decided of one like it today and by what it runs in.',
    labels: ['resource_namespace', 'verdict', 'isolation'],
  },
  {
    name: 'cofferdam_pods_drifted',
    // Without zeros: thousands of namespaces would be written out at each scrape, and requests wait meanwhile.
    help: "Pods that run less isolated than today's policies ask; only namespaces that have some.",
    labels: ['resource_namespace'],
  },
  { name: 'cofferdam_scan_duration_seconds', help: 'How long the last complete scan took.', labels: [] },
  {
    name: 'cofferdam_scan_last_success_timestamp_seconds',
    help: 'When the last complete scan ended.',
    labels: [],
  },
];
