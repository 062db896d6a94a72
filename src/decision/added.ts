import { viewPod } from '../pod/view.ts';
import type { Snapshot } from '../policy/policy.ts';
import { inspect } from '../signals/index.ts';
import type { Finding } from '../signals/signal.ts';
import type { DecisionRequest } from './decision.ts';
import { waive } from './waive.ts';

/**
 * The findings that an update brings. The stored Pod's are not judged again, so that no Pod is wedged by a policy that
 * came later; a finding that was waived and no longer is (an image that leaves an exemption) counts as brought.
 *
 * Only what the stored Pod really has is compared, never a claim in it (CVE-2021-25735).
 */
export function addedFindings(
  request: DecisionRequest,
  findings: readonly Finding[],
  snapshot: Snapshot,
  now: number,
): readonly Finding[] {
  // Fails closed: an update without the stored Pod is judged as if all of it were new.
  if (!request.oldPod) return findings;
  const old = viewPod(request.oldPod, request.namespaceName, request.namespace?.labels);
  const before = new Set(waive(inspect(old), old, snapshot.exemptions, now).findings.map(key));
  return findings.filter(finding => !before.has(key(finding)));
}

const key = ({ signal, path, value, waivedBy }: Finding): string =>
  JSON.stringify([signal, path, value ?? null, waivedBy !== undefined]);
