import { setImmediate as turn } from 'node:timers/promises';
import { Counter, Gauge, type GaugeConfiguration, type Registry } from 'prom-client';
import type { NamespaceCounts } from './namespace.ts';

/** The metrics of the leader's scans; the other replicas show none of these. */
export interface ScanMetrics {
  /** Shows a scan in place of the one before, so that a namespace that is gone disappears here, too. */
  scanned(namespaces: readonly NamespaceCounts[], seconds: number, finishedAt: number): Promise<void>;
  failed(): void;
  close(): void;
}

/** How many namespaces have their series set before requests have their turn. */
const SLICE = 100;

/** @param registry shows a scan until the next, or `close` */
export function scanMetrics(registry: Registry): ScanMetrics {
  const failures = new Counter({ ...FAILURES, registers: [registry] });
  const hide = (): void => {
    for (const { name } of Object.values(GAUGES)) registry.removeSingleMetric(name);
  };
  return {
    scanned: async (namespaces, seconds, finishedAt) => {
      const gauges = newGauges();
      gauges.duration.set(seconds);
      gauges.timestamp.set(finishedAt / 1000);
      await setCounts(namespaces, gauges);
      hide();
      for (const gauge of Object.values(gauges)) registry.registerMetric(gauge);
    },
    failed: () => failures.inc(),
    close: () => {
      hide();
      registry.removeSingleMetric(FAILURES.name);
    },
  };
}

async function setCounts(namespaces: readonly NamespaceCounts[], { pods, drifted }: Gauges): Promise<void> {
  for (const [i, one] of namespaces.entries()) {
    const { namespace: resource_namespace } = one;
    for (const { verdict, isolation, count } of one.pods)
      pods.set({ resource_namespace, verdict, isolation }, count);
    if (one.drifted > 0) drifted.set({ resource_namespace }, one.drifted);
    if (i % SLICE === 0) await turn();
  }
}

const FAILURES = {
  name: 'cofferdam_scan_failures_total',
  help: 'Scans that failed, or whose reports could not all be written. They are tried again after one minute, then two, four and five, but no later than the interval.',
};

/** The label is not called `namespace`, as a scraper sets that to the namespace of this replica. */
const GAUGES = {
  pods: {
    name: 'cofferdam_pods',
    help: 'Pods that run, by the verdict that the same Pod would get if it were created now, and by the isolation that it runs in.',
    labelNames: ['resource_namespace', 'verdict', 'isolation'],
  },
  drifted: {
    name: 'cofferdam_pods_drifted',
    // Zeros are left out: thousands of namespaces would be written out at each scrape, while requests wait.
    help: "Pods that run with less isolation than today's policies require. Namespaces without such Pods have no series.",
    labelNames: ['resource_namespace'],
  },
  duration: {
    name: 'cofferdam_scan_duration_seconds',
    help: 'How long the last complete scan took, in seconds.',
  },
  timestamp: {
    name: 'cofferdam_scan_last_success_timestamp_seconds',
    help: 'When the last complete scan ended, in seconds since the Unix epoch.',
  },
};

type Gauges = Readonly<Record<keyof typeof GAUGES, Gauge<string>>>;

/** The gauges of one scan, which are not registered yet. */
function newGauges(): Gauges {
  const gauge = (of: GaugeConfiguration<string>) => new Gauge<string>({ ...of, registers: [] });
  const { pods, drifted, duration, timestamp } = GAUGES;
  return {
    pods: gauge(pods),
    drifted: gauge(drifted),
    duration: gauge(duration),
    timestamp: gauge(timestamp),
  };
}
