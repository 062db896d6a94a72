import type { RuntimeClassFacts } from '../cluster/view.ts';
import { hasDebugConsole } from '../profiles/flaws.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';

/** What to do about a handler that no profile names. */
export const DRAFT_PROFILE =
  'Run "cofferdam verify --write-profiles", which looks at the handler on each node and drafts a SandboxProfile for it.';

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

/** Whether no profile names a handler, so that it counts as the host kernel, but a SandboxProfile could name it. */
export const isUnknown = (handler: string, profiles: ProfileTable): boolean =>
  !profiles.forHandler(handler).handlers.includes(handler) && !hasDebugConsole(handler);
