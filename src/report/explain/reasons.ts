import type { Decision, Objection, PlacementStep } from '../../decision/decision.ts';
import { type Degradation, degradations } from '../../decision/degraded.ts';
import type { Profile } from '../../profiles/profile.ts';
import { saidOf } from '../words/service-words.ts';

/** Why the profile objects; undefined where something else does, as the decision only has codes. */
export function objectionReason(
  { signals, resources }: Profile,
  { signal, detail }: Objection,
  decision: Decision,
): string | undefined {
  if (signal === undefined) return undefined;
  const ofResource = detail === undefined ? undefined : resources.get(detail)?.reason;
  const reason = ofResource ?? signals.get(signal)?.reason;
  return reason === undefined ? undefined : saidOf(reason, decision);
}

/** What works differently under a class, in the words for what was judged. */
export const degradedReasons = (
  step: PlacementStep,
  profile: Profile,
  decision: Decision,
): readonly Degradation[] =>
  degradations(step, profile, decision.findings).map(one => ({
    ...one,
    reason: saidOf(one.reason, decision),
  }));
