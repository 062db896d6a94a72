import type { PodView } from '../pod/view.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import type { Finding } from '../signals/signal.ts';
import type { AppliedExemption } from './decision.ts';
import { exemptionsFor } from './exemption-index.ts';

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
  const inForce = exemptionsFor(exemptions, pod).filter(
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

const signalsWaivedBy = (name: string, findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.filter(finding => finding.waivedBy === name).map(finding => finding.signal)),
];
