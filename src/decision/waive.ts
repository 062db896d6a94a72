import type { PodView } from '../pod/view.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import type { Finding } from '../signals/signal.ts';
import type { AppliedExemption } from './decision.ts';

export interface Waived {
  readonly findings: readonly Finding[];
  readonly exemptions: readonly AppliedExemption[];
}

/**
 * Marks the findings that an exemption in force waives; the first takes the credit.
 *
 * @param exemptions by name, as a snapshot has them
 * @param now milliseconds since the epoch; an exemption is in force until its `expires`
 */
export function waive(
  findings: readonly Finding[],
  pod: PodView,
  exemptions: readonly CompiledExemption[],
  now: number,
): Waived {
  const inForce = exemptionsIn(exemptions, pod.namespace).filter(
    exemption => now < exemption.expires && exemption.covers(pod),
  );
  if (inForce.length === 0) return { findings, exemptions: [] };

  const marked = findings.map(finding => {
    const by = inForce.find(exemption => exemption.waives(finding, pod));
    return by ? { ...finding, waivedBy: by.name } : finding;
  });
  const exemptionsApplied = inForce
    .map(exemption => ({ exemption, signals: signalsWaivedBy(exemption.name, marked) }))
    .filter(({ signals }) => signals.length > 0)
    .map(({ exemption: { name, owner, reason, expires }, signals }) => ({
      name,
      owner,
      reason,
      expires,
      signals,
    }));
  return { findings: marked, exemptions: exemptionsApplied };
}

/** Lists of up to this many are not indexed, as testing each of them takes no longer. */
const FEW = 32;
const sorted = new WeakMap<readonly CompiledExemption[], ReadonlyMap<string, readonly CompiledExemption[]>>();

/**
 * The exemptions that may be for Pods of a namespace, in their order: each names its namespaces, and a cluster may have one for
 * each of thousands of workloads. They are indexed once for each list, as a snapshot keeps its list as long as it exists.
 */
export function exemptionsIn(
  exemptions: readonly CompiledExemption[],
  namespace: string,
): readonly CompiledExemption[] {
  if (exemptions.length <= FEW) return exemptions;
  const known = sorted.get(exemptions);
  if (known) return known.get(namespace) ?? [];
  const byNamespace = new Map<string, CompiledExemption[]>();
  for (const exemption of exemptions) {
    for (const name of new Set(exemption.scope.namespaces)) {
      const list = byNamespace.get(name);
      if (list) list.push(exemption);
      else byNamespace.set(name, [exemption]);
    }
  }
  sorted.set(exemptions, byNamespace);
  return byNamespace.get(namespace) ?? [];
}

const signalsWaivedBy = (name: string, findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.filter(finding => finding.waivedBy === name).map(finding => finding.signal)),
];
