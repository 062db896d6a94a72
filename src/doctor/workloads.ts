import { parse } from 'yaml';
import type { Pod } from '../pod/kube.ts';
import { draftExemption } from '../report/exemption.ts';
import type { Reviewed } from '../report/result.ts';

/** A Pod that runs, or a workload that has none now, judged as if its namespace were enforced. */
export interface Workload {
  readonly result: Reviewed;
  readonly pod: Pod;
}

/** Pods of one owner that would be rejected. */
export interface Refused {
  readonly owner: { readonly kind: string; readonly name: string };
  /** One of them. */
  readonly result: Reviewed;
  readonly pod: Pod;
  /** 0 for a workload that has none now. */
  readonly pods: number;
  /** What makes it dear to the cluster; empty for an ordinary workload. */
  readonly because: readonly string[];
}

/** By namespace and owner. */
export function refusedBy(workloads: readonly Workload[]): readonly Refused[] {
  const groups = Map.groupBy(
    workloads.filter(({ result }) => result.decision.verdict === 'reject'),
    ({ result }) => [result.namespace, ownerOf(result).kind, ownerOf(result).name].join('/'),
  );
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, list]) => {
      const [first] = list;
      if (!first) return [];
      const { result, pod } = first;
      const because = [...new Set(list.flatMap(becauseOf))];
      const pods = list.filter(one => one.result.kind === 'Pod').length;
      return [{ owner: ownerOf(result), result, pod, pods, because }];
    });
}

const ownerOf = ({ owner, kind, name }: Reviewed): Refused['owner'] => owner ?? { kind, name };

/** Priority classes that Kubernetes makes for itself (KEP-268). */
const CRITICAL = ['system-cluster-critical', 'system-node-critical'];

function becauseOf({ result, pod }: Workload): string[] {
  const priorityClass = pod.spec?.priorityClassName ?? '';
  return [
    ...(ownerOf(result).kind === 'DaemonSet' ? ['on every node'] : []),
    ...(CRITICAL.includes(priorityClass) ? [priorityClass] : []),
    ...(result.decision.findings.some(({ signal }) => signal === 'hostNetwork') ? ['hostNetwork'] : []),
  ];
}

/** A SandboxExemption as YAML; empty when none would help. */
export const draftOf = ({ owner, result, pod }: Refused, now: number): string => {
  const { namespace, serviceAccount } = result;
  return draftExemption(
    result.decision,
    { ...owner, namespace, ...(serviceAccount && { serviceAccount }) },
    pod,
    now,
  );
};

export const draftName = (refused: Refused, now: number): string =>
  (parse(draftOf(refused, now)) as { readonly metadata: { readonly name: string } }).metadata.name;

/** Drafts for what the cluster cannot do without. */
export const draftsFor = (workloads: readonly Workload[], now: number): readonly string[] =>
  refusedBy(workloads)
    .filter(({ because }) => because.length > 0)
    .map(refused => draftOf(refused, now))
    .filter(draft => draft !== '');
