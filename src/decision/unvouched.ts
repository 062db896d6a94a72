import type { RuntimeClassFacts } from '../cluster/view.ts';
import { hasDebugConsole } from '../profiles/flaws.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import { promisedBy } from '../profiles/promise.ts';

/** A class that is there and may have been meant to isolate, and counts as the host kernel. */
export interface Unvouched {
  readonly runtimeClass: string;
  readonly handler: string;
  /** No profile names the handler, so that one could; otherwise the handler is known, and no sandbox. */
  readonly isUnknown: boolean;
  /** Why a handler that is known, and can be taken for a sandbox, counts as the host kernel; whoever knows better may vouch. */
  readonly reason?: string;
}

/** Those of these classes that share the host kernel by an unknown or doubtful handler, or in spite of their name. */
export function unvouchedAmong(
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly Unvouched[] {
  return classes.flatMap(({ name, handler }) => {
    const { isolation, isolationReason, handlers } = profiles.forHandler(handler);
    if (isolation !== 'host-kernel') return [];
    // Nobody may vouch for one with a debug console.
    const isUnknown = !handlers.includes(handler) && !hasDebugConsole(handler);
    const reason = DOUBTFUL.has(handler) ? isolationReason : undefined;
    if (!isUnknown && reason === undefined && promisedBy(name) === undefined) return [];
    return [{ runtimeClass: name, handler, isUnknown, ...(reason !== undefined && { reason }) }];
  });
}

/** The handlers that can use a VM and count as the host kernel all the same (policies/profiles/doubtful.yaml). */
const DOUBTFUL: ReadonlySet<string> = new Set(['krun', 'urunc']);
