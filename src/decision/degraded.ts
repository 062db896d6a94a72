import type { Profile } from '../profiles/profile.ts';
import { wordsFor } from '../profiles/words.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { PlacementStep } from './decision.ts';
import { resourcesIn } from './found.ts';

/** What works differently under a class, and why, as its profile has it. */
export interface Degradation {
  readonly signal: SignalId;
  /** The resource that the profile knows by name, where it is about one alone. */
  readonly resource?: string;
  readonly reason: string;
}

/** Each degradation once a signal, and once a resource that the profile knows by name. */
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
