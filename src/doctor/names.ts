export { GUARD, LOCK_PREFIX, SNAPSHOT_ANNOTATION } from '../guard/names.ts';
/** Name of the Service that the webhooks call, and of its certificate where cert-manager issues it. */
export const SERVICE = 'cofferdam';
