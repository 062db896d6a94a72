import type { Objection, PlacementStep } from '../../decision/decision.ts';
import { resourcesIn } from '../../decision/found.ts';
import type { Profile } from '../../profiles/profile.ts';
import { wordsFor } from '../../profiles/words.ts';
import type { Finding, SignalId } from '../../signals/signal.ts';

/*
The decision carries codes alone; the profile knows why.
*/

/** Why the profile objects; undefined where it is not the profile that does. */
export function objectionReason(
  { signals, resources }: Profile,
  { signal, detail }: Objection,
): string | undefined {
  if (signal === undefined) return undefined;
  return (detail === undefined ? undefined : resources.get(detail)?.reason) ?? signals.get(signal)?.reason;
}

/** What works differently under a class, and why: once a signal, and once a resource that the profile knows by name. */
export function degradations(
  { degraded }: PlacementStep,
  profile: Profile,
  findings: readonly Finding[],
): readonly { readonly signal: SignalId; readonly resource?: string; readonly reason: string }[] {
  return degraded.flatMap(signal =>
    wordsFor(profile, signal, resourcesIn(findings, signal)).flatMap(({ word, ...about }) =>
      word?.support === 'degraded' ? { signal, ...about, reason: word.reason } : [],
    ),
  );
}
