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
}

/** Of these classes, those that share the host kernel by an unknown handler, or in spite of what they are called. */
export function unvouchedAmong(
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly Unvouched[] {
  return classes.flatMap(({ name, handler }) => {
    const { isolation, handlers } = profiles.forHandler(handler);
    if (isolation !== 'host-kernel') return [];
    // Nobody may vouch for one with a debug console.
    const isUnknown = !handlers.includes(handler) && !hasDebugConsole(handler);
    return isUnknown || promisedBy(name) ? [{ runtimeClass: name, handler, isUnknown }] : [];
  });
}
