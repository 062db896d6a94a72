import { draftedExemption } from '../decision/draft-exemption.ts';
import type { Pod } from '../pod/kube.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import type { Reviewed } from '../report/result.ts';

/** A Pod that runs, or a workload that has none now, judged as if its namespace were enforced. */
export interface Workload {
  readonly result: Reviewed;
  readonly pod: Pod;
}

/** Pods of one owner that would be rejected. */
export interface Refused {
  readonly owner: { readonly kind: string; readonly name: string };
  /** The result for one of the Pods. */
  readonly result: Reviewed;
  readonly pod: Pod;
  /** 0 for a workload that has none now. */
  readonly pods: number;
  /** Why the cluster depends on it; empty for an ordinary workload. */
  readonly because: readonly string[];
}

/** The refused workloads by namespace and owner. */
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

/** Priority classes that Kubernetes itself creates (KEP-268). */
const CRITICAL = ['system-cluster-critical', 'system-node-critical'];

function becauseOf({ result, pod }: Workload): string[] {
  const priorityClass = pod.spec?.priorityClassName ?? '';
  return [
    ...(ownerOf(result).kind === 'DaemonSet' ? ['on every node'] : []),
    ...(CRITICAL.includes(priorityClass) ? [priorityClass] : []),
    ...(result.decision.findings.some(({ signal }) => signal === 'hostNetwork') ? ['hostNetwork'] : []),
  ];
}

/** A workload that the cluster cannot do without, with the exemption that would admit it; undefined when none would. */
export interface Drafted extends Refused {
  readonly draft: SandboxExemption | undefined;
}

/** The input of drafts. */
interface Drafting {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly snapshot: Pick<Snapshot, 'exemptions'>;
}

/** The drafts, each under a new name: applied under that of an existing exemption, it would replace that one. */
export function draftedFor(workloads: readonly Workload[], { now, snapshot }: Drafting): readonly Drafted[] {
  const taken = snapshot.exemptions.map(({ name }) => name);
  return refusedBy(workloads)
    .filter(({ because }) => because.length > 0)
    .map(refused => {
      const { owner, result, pod } = refused;
      const { namespace, serviceAccount } = result;
      const subject = { ...owner, namespace, ...(serviceAccount && { serviceAccount }) };
      const draft = draftedExemption(result.decision, subject, pod, now, taken);
      if (draft) taken.push(draft.metadata.name);
      return { ...refused, draft };
    });
}

/** Drafts for workloads that the cluster cannot do without. */
export const draftsFor = (workloads: readonly Workload[], by: Drafting): readonly SandboxExemption[] =>
  draftedFor(workloads, by).flatMap(({ draft }) => draft ?? []);
