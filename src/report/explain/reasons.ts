import type { Objection } from '../../decision/decision.ts';
import type { Profile } from '../../profiles/profile.ts';

/** Why the profile objects; undefined where it is not the profile that does: the decision carries codes alone. */
export function objectionReason(
  { signals, resources }: Profile,
  { signal, detail }: Objection,
): string | undefined {
  if (signal === undefined) return undefined;
  return (detail === undefined ? undefined : resources.get(detail)?.reason) ?? signals.get(signal)?.reason;
}
