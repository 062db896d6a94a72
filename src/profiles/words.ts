import type { SignalId } from '../signals/signal.ts';
import type { Profile, SupportWord } from './profile.ts';

/** A word of a profile, and the resource that it is about, where it is about one alone. */
export interface Word {
  /** Undefined where the profile does not speak of the signal. */
  readonly word: SupportWord | undefined;
  readonly resource?: string;
}

/**
 * What a profile says of a signal: of each resource that it knows by name, and of all else together.
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
