import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import type { Ground } from '../../decision/ground.ts';
import type { Api } from '../../kube/api.ts';
import type { Logger } from '../../log/logger.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { type Mode, modeOf } from '../../pod/mode.ts';
import { reportOf } from '../../report/open-report/report.ts';
import { reasonOf } from '../../source/reason.ts';
import type { Clock } from '../clock.ts';
import type { ScanMetrics } from './metrics.ts';
import { type PodsScanned, scanPods } from './pods.ts';
import type { ReportWriter, RoundResult } from './report-writer.ts';

const PROGRESS_MS = 10_000;

/** One scan: what it reads, and where its results go. */
export interface OneScan {
  readonly api: Api;
  /** Namespaces that the webhook is not called for, besides those of Kubernetes itself. */
  readonly skipNamespaces: readonly string[];
  /** The mode of namespaces without a label for it. */
  readonly defaultMode: Mode;
  readonly log: Logger;
  readonly clock: Clock;
  readonly ground: Ground;
  readonly metrics: ScanMetrics;
  readonly reports: ReportWriter;
  readonly signal: AbortSignal;
}

/** @returns false where the scan failed, which is reported */
export async function scanOnce(scan: OneScan): Promise<boolean> {
  const { clock, metrics, log, signal } = scan;
  const began = clock.now();
  try {
    const { scanned, round } = await scanAndReport(scan);
    const seconds = Math.round(clock.now() - began) / 1000;
    await metrics.scanned(scanned.namespaces, seconds, clock.date());
    log.info({ ...sumOf(scanned), seconds, ...countsOf(round) }, 'scanned');
    if (round?.failed)
      log.warn(
        { reason: reasonOf(round.error), reports: round.failed },
        'some reports of the scan could not be written',
      );
    if (round?.failed) metrics.failed();
    return !round?.failed;
  } catch (error) {
    if (signal.aborted) return false;
    metrics.failed();
    log.warn({ reason: reasonOf(error) }, 'the scan failed and will be tried again');
    return false;
  }
}

async function scanAndReport(
  scan: OneScan,
): Promise<{ scanned: PodsScanned; round: RoundResult | undefined }> {
  const { api, ground, clock, log, reports, signal } = scan;
  const now = clock.date();
  const round = await reports.begin(signal);
  let due = clock.now() + PROGRESS_MS;
  const scanned = await scanPods({
    ...{ api, ground, now, signal },
    isOutOfScope: namespace => isOutOfScope(namespace, scan),
    done: async one => {
      const found = one.scanned();
      await round?.write(found.namespace, reportOf(found, Math.floor(now / 1000)));
    },
    progress: (pods, total) => {
      if (clock.now() < due) return;
      due = clock.now() + PROGRESS_MS;
      log.info({ pods, total }, 'scanning');
    },
  });
  return { scanned, round: await round?.finish() };
}

/** `off` means that no webhook is called. */
function isOutOfScope(namespace: string, { ground, skipNamespaces, defaultMode }: OneScan): boolean {
  const label = ground.view.namespace(namespace)?.labels[MODE_LABEL];
  const mode = label === undefined ? defaultMode : modeOf(label);
  return mode === 'off' || SYSTEM_NAMESPACES.includes(namespace) || skipNamespaces.includes(namespace);
}

function sumOf({ namespaces, pods }: PodsScanned) {
  const all = namespaces.flatMap(one => one.pods);
  const rejected = all.reduce((sum, { verdict, count }) => sum + (verdict === 'reject' ? count : 0), 0);
  const drifted = namespaces.reduce((sum, one) => sum + one.drifted, 0);
  return { pods, namespaces: namespaces.length, rejected, drifted };
}

const countsOf = (round: RoundResult | undefined) =>
  round && { reportsWritten: round.written, reportsRemoved: round.removed };
