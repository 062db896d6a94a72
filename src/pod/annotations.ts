/**
 * Annotations that this project writes on a Pod when it injects a class. They belong to it: written on injection,
 * overwritten or removed when forged, and trusted for nothing that loosens.
 */
export const INJECTED_ANNOTATION = 'cofferdam.dev/injected-runtime-class';
export const REQUIRED_ANNOTATION = 'cofferdam.dev/required-isolation';
export const SCORE_ANNOTATION = 'cofferdam.dev/score';
export const POLICY_ANNOTATION = 'cofferdam.dev/policy';

export const OWN_ANNOTATIONS = [
  INJECTED_ANNOTATION,
  REQUIRED_ANNOTATION,
  SCORE_ANNOTATION,
  POLICY_ANNOTATION,
] as const;

/** The kubelet sets this on the API's copy of a static Pod; an ordinary user may set it, too (kubernetes#53467). */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
