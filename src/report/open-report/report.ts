import { count } from '../../source/text.ts';
import type { Report, ReportResult, ResultWord, Severity, Summary } from './types.ts';

export const REPORT_NAME = 'cofferdam';
export const REPORT_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/managed-by': 'cofferdam',
};

export const MAX_RESULTS = 500;
/** The most bytes of a Report: etcd takes objects of 1.5 MiB, and the API server adds to them. */
const MAX_BYTES = 1024 * 1024 - 64 * 1024;

/** The results for the Pods of one namespace. */
export interface Scanned {
  readonly namespace: string;
  readonly summary: Summary;
  /** The worst results, at most `MAX_RESULTS`. */
  readonly results: readonly ReportResult[];
}

/**
 * The Report of a namespace, with the worst first; undefined where there is nothing to report.
 * @param seconds since the epoch, for results that are new
 */
export function reportOf({ namespace, summary, results }: Scanned, seconds: number): Report | undefined {
  const found = summary.fail + summary.warn + summary.error;
  if (found === 0) return undefined;
  const kept = fitting(results.toSorted(byWeight));
  const leftOut = found - kept.length;
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: { namespace, name: REPORT_NAME, labels: REPORT_LABELS },
    source: 'cofferdam',
    scope: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    configuration: { limits: { maxResults: MAX_RESULTS, statusFilter: ['fail', 'warn', 'error'] } },
    summary,
    results: leftOut > 0 ? [...kept, leftOutResult(leftOut, seconds)] : kept,
  };
}

/** Orders the worst first, and equals by the Pod's name, so that the same Pods make the same report. */
export const byWeight = (a: ReportResult, b: ReportResult): number =>
  WORDS.indexOf(a.result) - WORDS.indexOf(b.result) ||
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  (nameOf(a) < nameOf(b) ? -1 : 1);

const WORDS: readonly ResultWord[] = ['error', 'fail', 'warn', 'skip', 'pass'];
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
const nameOf = ({ resources }: ReportResult): string => resources?.[0]?.name ?? '';

function fitting(results: readonly ReportResult[]): readonly ReportResult[] {
  let bytes = 0;
  const end = results.findIndex((result, i) => {
    bytes += Buffer.byteLength(JSON.stringify(result)) + 1;
    return i >= MAX_RESULTS || bytes > MAX_BYTES;
  });
  return end < 0 ? results : results.slice(0, end);
}

/** A result without a subject is about the namespace. */
const leftOutResult = (leftOut: number, seconds: number): ReportResult => ({
  policy: 'cofferdam',
  rule: 'left-out',
  category: 'Report',
  severity: 'info',
  timestamp: { seconds, nanos: 0 },
  result: 'warn',
  scored: false,
  message: `${count(leftOut, 'more result')} left out: a report holds the worst ${MAX_RESULTS} at most; the summary counts all`,
  properties: { leftOut: String(leftOut) },
});

/** The `report`, with the earlier times of results that were found before. */
export function withTimesOf(report: Report, before: readonly ReportResult[]): Report {
  const times = new Map(before.map(result => [keyOf(result), result.timestamp]));
  const results = report.results.map(result => ({
    ...result,
    timestamp: times.get(keyOf(result)) ?? result.timestamp,
  }));
  return { ...report, results };
}

const keyOf = ({ resources, policy, rule, result, severity, message }: ReportResult): string =>
  JSON.stringify([resources?.[0]?.uid, policy, rule, result, severity, message]);
