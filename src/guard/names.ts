/** Names of the ValidatingAdmissionPolicies that an installation has besides its webhooks. */
export const GUARD = 'cofferdam-guard';
/** The policy beside the guard, bound to namespaces with labels that the condition in front of the guard does not see. */
export const GUARD_OF_LABELS = 'cofferdam-guard-labels';
export const LOCK_PREFIX = 'cofferdam-lock-';
/** The guard's annotation with the version of the policies that it was made from. */
export const SNAPSHOT_ANNOTATION = 'cofferdam.dev/snapshot';
/** The guard's annotation with the namespaces whose policies the API server refused, separated by commas. */
export const REFUSED_ANNOTATION = 'cofferdam.dev/refused-namespaces';
/** The guard's annotation with the exemptions that the API server refused, separated by commas. */
export const REFUSED_EXEMPTIONS_ANNOTATION = 'cofferdam.dev/refused-exemptions';
/**
 * The guard's annotation with cluster policies that it has in an earlier version, or not at all; some of them, where there are
 * many.
 */
export const EARLIER_ANNOTATION = 'cofferdam.dev/earlier-policies';
