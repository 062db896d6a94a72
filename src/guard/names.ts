/** Names of the ValidatingAdmissionPolicies that an installation has besides its webhooks. */
export const GUARD = 'cofferdam-guard';
/** Beside it, bound to namespaces with labels that the condition in front of the guard does not see. */
export const GUARD_OF_LABELS = 'cofferdam-guard-labels';
export const LOCK_PREFIX = 'cofferdam-lock-';
/** On the guard: version of the policies that it was made from. */
export const SNAPSHOT_ANNOTATION = 'cofferdam.dev/snapshot';
/** On the guard: namespaces whose policies the API server did not take, with commas between. */
export const REFUSED_ANNOTATION = 'cofferdam.dev/refused-namespaces';
