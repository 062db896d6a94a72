import type { Registry } from 'prom-client';
import type { ClusterView } from '../../cluster/view.ts';
import type { Logger } from '../../log/logger.ts';
import { type Changing, workOnChanges } from '../changes.ts';
import { systemClock } from '../clock.ts';
import type { LeaderTask } from '../leader.ts';
import { scanMetrics } from './metrics.ts';
import { type OneScan, scanOnce } from './once.ts';
import { type ReportWriter, reportWriter } from './report-writer.ts';

export interface ScanOptions
  extends Changing,
    Pick<OneScan, 'api' | 'skipNamespaces' | 'defaultMode' | 'log'> {
  readonly view: ClusterView & { ready(): boolean };
  readonly intervalMs: number;
  readonly registry: Registry;
}

/** Spreads the scans of leaders in many clusters that were installed together. */
const JITTER = 0.1;
/** `kubectl apply` of a folder is done within this time. */
const SETTLE_MS = 5000;
/** The first pause after a failure. Those who may write Reports of one namespace can make each scan fail, so the pauses grow. */
const RETRY_MS = 60_000;
const MOST_RETRY_MS = 5 * 60_000;

/**
 * Judges every Pod that runs by today's policies: at once, at each interval, and soon after policies or classes have changed,
 * one scan at a time. Reports by metrics, and by one Report for each namespace.
 */
export function scanTask(options: ScanOptions): LeaderTask {
  const { view, intervalMs, registry, log, clock = systemClock } = options;
  return {
    name: 'scan',
    run: async signal => {
      const metrics = scanMetrics(registry);
      let failures = 0;
      const reports = toldOnce(reportWriter(options.api), log);
      try {
        await workOnChanges(options, signal, async snapshot => {
          const began = clock.now();
          const ground = { snapshot, view };
          const complete = await scanOnce({ ...options, clock, ground, metrics, reports, signal });
          const took = clock.now() - began;
          const retryMs = Math.min(RETRY_MS * 2 ** failures, MOST_RETRY_MS, intervalMs);
          failures = complete ? 0 : failures + 1;
          return {
            pauseMs: complete ? intervalMs * jitter() : retryMs,
            // Something that changes all the time must not keep this replica busy all the time.
            settleMs: Math.max(SETTLE_MS, took),
          };
        });
      } finally {
        metrics.close();
      }
    },
  };
}

const jitter = (): number => 1 + JITTER * (2 * Math.random() - 1);

/** Logs once that the cluster has no Reports, and once that it has them again. */
function toldOnce(writer: ReportWriter, log: Logger): ReportWriter {
  let absent = false;
  return {
    begin: async signal => {
      const round = await writer.begin(signal);
      if (!round && !absent)
        log.info(
          'the cluster does not serve reports.openreports.io, so results of scans are in the metrics only',
        );
      if (round && absent)
        log.info('the cluster now serves reports.openreports.io, so results of scans are written there, too');
      absent = !round;
      return round;
    },
  };
}
