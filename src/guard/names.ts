/** Names of the ValidatingAdmissionPolicies that an installation has besides its webhooks. */
export const GUARD = 'cofferdam-guard';
export const LOCK_PREFIX = 'cofferdam-lock-';
/** On the guard: version of the policies that it was made from. */
export const SNAPSHOT_ANNOTATION = 'cofferdam.dev/snapshot';
