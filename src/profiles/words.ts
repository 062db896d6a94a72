import type { SignalId } from '../signals/signal.ts';
import type { Profile, SupportWord } from './profile.ts';

/** A word of a profile, and the resource that it is about, if it is about a single one. */
export interface Word {
  /** Undefined where the profile has no word for the signal. */
  readonly word: SupportWord | undefined;
  readonly resource?: string;
}

/**
 * What a profile says about a signal: about each resource that it knows by name, and about all others together.
 * @param resources names of the resources that were found, where the signal is about resources
 */
export function wordsFor(
  { signals, resources: named }: Profile,
  signal: SignalId,
  resources: readonly string[] = [],
): readonly Word[] {
  if (resources.length === 0) return [{ word: signals.get(signal) }];
  const own = resources.flatMap(resource => {
    const word = named.get(resource);
    return word ? [{ word, resource }] : [];
  });
  return own.length === resources.length ? own : [...own, { word: signals.get(signal) }];
}
