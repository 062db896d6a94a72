import { familiesCel, isSuspect } from './annotation-families.ts';
import { capabilityClasses } from './capability-names.ts';
import type { Cel } from './cel.ts';
import type { Made } from './guards.ts';
import { hostPathsCel } from './host-path-kinds.ts';

/**
 * Expressions that several guards use, to bind before any guard is evaluated.
 *
 * @param pod `object` or `oldObject`
 * @param containers a list of containers
 * @param bound the names of the first two, from which the others are made
 */
export const madeOnce = (pod: Cel, containers: Cel, bound: Pick<Made, 'secured' | 'suspects'>): Made => ({
  secured: `${containers}.filter(c, has(c.securityContext))`,
  suspects: `${pod}.metadata.?annotations.orValue({}).filter(a, ${isSuspect('a')})`,
  families: familiesCel(bound.suspects),
  capabilities: capabilityClasses(bound.secured),
  hostPaths: hostPathsCel(pod),
});
