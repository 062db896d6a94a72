import { type PodView, viewPod } from '../pod/view.ts';
import type { CompiledPolicy, Snapshot } from '../policy/policy.ts';
import { rank } from '../profiles/isolation.ts';
import { inspect } from '../signals/index.ts';
import type { Finding } from '../signals/signal.ts';
import type { Assessment, DecisionRequest } from './decision.ts';
import { type Found, signalsFound } from './found.ts';
import { assess, assessAdded } from './require.ts';
import { waive } from './waive.ts';

/** The stored Pod, inspected and waived as today's exemptions have it. */
export interface Stored {
  readonly pod: PodView;
  readonly findings: readonly Finding[];
  readonly found: readonly Found[];
}

/** Undefined where the request does not carry the stored Pod: all of it is then judged as new. */
export function storedPod(request: DecisionRequest, snapshot: Snapshot, now: number): Stored | undefined {
  if (request.operation !== 'UPDATE' || !request.oldPod) return undefined;
  const pod = viewPod(request.oldPod, request.namespaceName, request.namespace?.labels);
  const { findings } = waive(inspect(pod), pod, snapshot.exemptions, now);
  return { pod, findings, found: signalsFound(findings) };
}

/** The Pod as it is judged: a label that an update changes is drift, so the stored ones count. */
export const withLabelsOf = (pod: PodView, stored: Stored | undefined): PodView =>
  stored ? { ...pod, labels: stored.pod.labels } : pod;

/**
 * The findings that an update brings. The stored Pod's are not judged again, so that no Pod is wedged by a policy that
 * came later; a finding that was waived and no longer is (an image that leaves an exemption) counts as brought.
 *
 * Only what the stored Pod really has is compared, never a claim in it (CVE-2021-25735).
 */
export function addedFindings(findings: readonly Finding[], stored: Stored | undefined): readonly Finding[] {
  // Fails closed: an update without the stored Pod is judged as if all of it were new.
  if (!stored) return findings;
  const before = new Set(stored.findings.map(key));
  return findings.filter(finding => !before.has(key(finding)));
}

const key = ({ signal, path, value, waivedBy }: Finding): string =>
  JSON.stringify([signal, path, value ?? null, waivedBy !== undefined]);

/**
 * What one policy makes of an update: of what it adds, and of the whole where that lifts the Pod above what the stored
 * one needed, so that several small updates do not get where one Pod could not.
 */
export function assessUpdate(
  policy: CompiledPolicy,
  added: readonly Found[],
  found: readonly Found[],
  stored: Stored,
  namespace: DecisionRequest['namespace'],
): Assessment {
  const alone = assessAdded(policy, added);
  const before = assess(policy, stored.found, stored.pod, namespace);
  const after = assess(policy, found, stored.pod, namespace);
  const lifted = rank(after.required) > rank(before.required) && rank(after.required) > rank(alone.required);
  return lifted ? after : alone;
}
