import type { RuntimeClassFacts } from '../cluster/view.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';

/** What to do about a handler that no profile names. */
export const DRAFT_PROFILE =
  'Find out what the handler is: "cofferdam verify --write-profiles" drafts a SandboxProfile from what it sees on each node.';

export interface Sandbox extends RuntimeClassFacts {
  readonly isolation: Isolation;
}

/** The classes whose handler is known to isolate more than the host kernel. */
export const sandboxes = (
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly Sandbox[] =>
  classes
    .map(facts => ({ ...facts, isolation: profiles.forHandler(facts.handler).isolation }))
    .filter(({ isolation }) => isolation !== 'host-kernel');

/** The classes whose handler no profile names, so that they count as the host kernel. */
export const unknownClasses = (
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly RuntimeClassFacts[] =>
  classes.filter(({ handler }) => !profiles.forHandler(handler).handlers.includes(handler));
