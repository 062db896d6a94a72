import type { Profile } from '../profiles/profile.ts';
import { wordsFor } from '../profiles/words.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { PlacementStep } from './decision.ts';
import { resourcesIn } from './found.ts';

/** What works differently under a class, and why, according to its profile. */
export interface Degradation {
  readonly signal: SignalId;
  /** The resource that the profile knows by name, if it is about a single one. */
  readonly resource?: string;
  readonly reason: string;
}

/** Each degradation once for each signal, and once for each resource that the profile knows by name. */
export function degradations(
  { degraded }: Pick<PlacementStep, 'degraded'>,
  profile: Profile,
  findings: readonly Finding[],
): readonly Degradation[] {
  return degraded.flatMap(signal =>
    wordsFor(profile, signal, resourcesIn(findings, signal)).flatMap(({ word, ...about }) =>
      word?.support === 'degraded' ? { signal, ...about, reason: word.reason } : [],
    ),
  );
}
