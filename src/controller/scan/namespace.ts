import type { Verdict } from '../../decision/decision.ts';
import type { Isolation } from '../../profiles/isolation.ts';
import { byWeight, MAX_RESULTS, type Scanned } from '../../report/open-report/report.ts';
import {
  isDrifted,
  resultOf,
  type ScannedPod,
  unreadableResult,
  wordOf,
} from '../../report/open-report/result.ts';
import type { ReportResult, ResultWord } from '../../report/open-report/types.ts';

/** How many Pods of a namespace have one verdict and run in one isolation. */
export interface PodCount {
  readonly verdict: Verdict;
  readonly isolation: Isolation;
  count: number;
}

/** What is kept about a namespace after the scan. */
export interface NamespaceCounts {
  readonly namespace: string;
  readonly pods: readonly PodCount[];
  readonly drifted: number;
}

/** Gathers the Pods of one namespace, and holds no more of them than a report shows. */
export interface NamespaceScan {
  add(pod: ScannedPod): void;
  addUnreadable(pod: Pick<ScannedPod, 'namespace' | 'name' | 'uid'>, message: string): void;
  counts(): NamespaceCounts;
  scanned(): Scanned;
}

/** @param seconds since the epoch: when what is found was found */
export function scanNamespace(namespace: string, seconds: number): NamespaceScan {
  const pods = new Map<string, PodCount>();
  const summary: Record<ResultWord, number> = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  let drifted = 0;
  let results: ReportResult[] = [];
  const keep = (result: ReportResult): void => {
    results.push(result);
    if (results.length >= 2 * MAX_RESULTS) results = results.sort(byWeight).slice(0, MAX_RESULTS);
  };
  return {
    add: pod => {
      const { verdict } = pod.decision;
      const key = `${verdict} ${pod.isolation}`;
      const entry = pods.get(key) ?? { verdict, isolation: pod.isolation, count: 0 };
      entry.count++;
      pods.set(key, entry);
      if (isDrifted(pod)) drifted++;
      const word = wordOf(pod);
      summary[word]++;
      if (word === 'fail' || word === 'warn') keep(resultOf(pod, word, seconds));
    },
    addUnreadable: (pod, message) => {
      summary.error++;
      keep(unreadableResult(pod, message, seconds));
    },
    counts: () => ({ namespace, pods: [...pods.values()], drifted }),
    scanned: () => ({ namespace, summary, results }),
  };
}
