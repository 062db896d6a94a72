import type { RuntimeClassFacts } from '../cluster/view.ts';
import { hasDebugConsole } from '../profiles/flaws.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import { promisedBy } from '../profiles/promise.ts';

/** A class that exists and counts as the host kernel, but may have been meant to isolate. */
export interface Unvouched {
  readonly runtimeClass: string;
  readonly handler: string;
  /** True where no profile names the handler, so that one could; otherwise the handler is known, and is no sandbox. */
  readonly isUnknown: boolean;
  /** Why a known handler that can be taken for a sandbox counts as the host kernel; whoever knows better may vouch for it. */
  readonly reason?: string;
}

/** The classes among these that share the host kernel because their handler is unknown or doubtful, or in spite of their name. */
export function unvouchedAmong(
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly Unvouched[] {
  return classes.flatMap(({ name, handler }) => {
    const { isolation, isolationReason, handlers } = profiles.forHandler(handler);
    if (isolation !== 'host-kernel') return [];
    // Nobody may vouch for a handler with a debug console.
    const isUnknown = !handlers.includes(handler) && !hasDebugConsole(handler);
    const reason = DOUBTFUL.has(handler) ? isolationReason : undefined;
    if (!isUnknown && reason === undefined && promisedBy(name) === undefined) return [];
    return [{ runtimeClass: name, handler, isUnknown, ...(reason !== undefined && { reason }) }];
  });
}

/** Handlers that can use a VM, but count as the host kernel (policies/profiles/doubtful.yaml). */
const DOUBTFUL: ReadonlySet<string> = new Set(['krun', 'urunc']);
