import { createHash } from 'node:crypto';
import type { Api } from '../../kube/api.ts';
import { hasStatus, isUnwell } from '../../kube/error.ts';
import type { Report } from '../../report/open-report/types.ts';
import { type ReportCalls, reportCalls, versionsOf } from './report-calls.ts';

/** How many requests run at once: enough for thousands of namespaces in a minute, and little for the API server. */
const WRITERS = 4;
/** How many calls in a row an unwell API server may fail before the rest wait for the next scan. */
const MOST_IN_A_ROW = 4;

/** Writes the Reports of scans, one scan after the other. */
export interface ReportWriter {
  /**
   * Begins a round; undefined where the cluster has no Reports.
   * @throws KubeError
   */
  begin(signal: AbortSignal): Promise<ReportRound | undefined>;
}

export interface ReportRound {
  /**
   * Makes the Report of a namespace this one, or removes it. Resolves when the next can be handed in; `finish` reports what
   * failed.
   */
  write(namespace: string, report: Report | undefined): Promise<void>;
  /** Removes the Reports of namespaces that were not written, and waits for all. */
  finish(): Promise<RoundResult>;
}

export interface RoundResult {
  readonly written: number;
  readonly removed: number;
  readonly failed: number;
  /** The first failure. */
  readonly error?: unknown;
}

/** A Report that is known: it says this as long as its version is the same. */
interface Known {
  readonly version: string;
  readonly digest: string;
}

export function reportWriter(api: Api): ReportWriter {
  const known = new Map<string, Known>();
  return {
    begin: async signal => {
      const versions = await versionsOf(api, signal);
      if (!versions) return undefined;
      for (const namespace of known.keys()) if (!versions.has(namespace)) known.delete(namespace);
      return beginRound(reportCalls(api, signal), versions, known);
    },
  };
}

function beginRound(
  calls: ReportCalls,
  versions: Map<string, string>,
  known: Map<string, Known>,
): ReportRound {
  const result: { written: number; removed: number; failed: number; error?: unknown } = {
    ...{ written: 0, removed: 0, failed: 0 },
  };
  const running = new Set<Promise<void>>();
  let inARow = 0;
  /** @returns whether the API server was asked */
  const update = async (namespace: string, report: Report): Promise<boolean> => {
    const digest = digestOf(report);
    const version = versions.get(namespace);
    const before = known.get(namespace);
    if (before && before.version === version && before.digest === digest) return false;
    const stored = version === undefined ? await calls.create(namespace, report) : undefined;
    const now = stored ?? (await calls.replace(namespace, report));
    if (!now) return true;
    known.set(namespace, { version: now.version, digest });
    if (now.written) result.written++;
    return true;
  };
  const remove = async (namespace: string): Promise<boolean> => {
    await calls.remove(namespace);
    known.delete(namespace);
    result.removed++;
    return true;
  };
  const start = async (work: () => Promise<boolean>): Promise<void> => {
    if (inARow >= MOST_IN_A_ROW) {
      result.failed++;
      return;
    }
    const guarded = work()
      .then(asked => {
        if (asked) inARow = 0;
      })
      .catch(error => {
        // Those who may write Reports of a namespace can have its Report refused, but not those of others.
        inARow = isUnwell(error) ? inARow + 1 : 0;
        if (isGoing(error)) return;
        result.failed++;
        result.error ??= error;
      })
      .finally(() => running.delete(guarded));
    running.add(guarded);
    if (running.size >= WRITERS) await Promise.race(running);
  };
  return {
    write: async (namespace, report) => {
      if (report) await start(() => update(namespace, report));
      else if (versions.has(namespace)) await start(() => remove(namespace));
      versions.delete(namespace);
    },
    finish: async () => {
      for (const namespace of versions.keys()) await start(() => remove(namespace));
      await Promise.all(running);
      return result;
    },
  };
}

/** Whether the namespace is being deleted, which deletes its Report as well (apiserver, plugin/namespace/lifecycle). */
const isGoing = (error: unknown): boolean =>
  hasStatus(error, 404) || (hasStatus(error, 403) && error.message.includes('being terminated'));

/** A digest of what a Report says, whatever the times of its findings. */
function digestOf({ summary, results }: Report): string {
  const said = results.map(({ timestamp: _, ...rest }) => rest);
  return createHash('sha256')
    .update(JSON.stringify([summary, said]))
    .digest('base64');
}
