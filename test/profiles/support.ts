import type { Profile } from '../../src/profiles/profile.ts';
import { SUPPORTS, type Support } from '../../src/profiles/profile.ts';
import type { SignalId } from '../../src/signals/signal.ts';
import type { SourceDocument } from '../../src/source/document.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

/** The support word of a signal; fails the test when the profile lacks it. */
export function supportOf(profile: Profile, signal: SignalId): Support {
  const word = profile.signals.get(signal);
  if (!word) throw new Error(`${profile.id} has no word for ${signal}`);
  return word.support;
}

export const worst = (supports: readonly Support[]): Support =>
  supports.reduce((a, b) => (SUPPORTS.indexOf(a) >= SUPPORTS.indexOf(b) ? a : b));

/** SandboxProfiles from the YAML of their `metadata.name` and `spec`. */
export function profilesOf(text: string): readonly SourceDocument[] {
  const { documents, problems } = readDocuments(text, 'profiles.yaml');
  if (problems.length > 0) throw new Error(problems.map(problem => problem.message).join('; '));
  return documents;
}
