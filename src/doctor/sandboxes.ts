import type { RuntimeClassFacts } from '../cluster/view.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';

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
