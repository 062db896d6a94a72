/**
 * How large the parts of a policy may be. All policies become part of one guard, which an API server evaluates for every Pod,
 * and which has to fit into one object of etcd, so the author of a namespaced policy takes room from all others. Such policies
 * have limits that no policy a person writes comes near. A policy within them takes at most some 23 kB of the guard
 * (`test/policy/limits.test.ts`), and a tenth of that with ordinary names and values.
 */
export interface PolicyLimits {
  /** Entries of a selector's `matchLabels`. */
  readonly matchLabels: number;
  /** Requirements of a selector's `matchExpressions`. */
  readonly matchExpressions: number;
  /** Values of one requirement. */
  readonly values: number;
  /** Labels that have weights. */
  readonly labels: number;
  /** Values of a label that have weights. */
  readonly weights: number;
  readonly tiers: number;
  readonly rules: number;
  /** Characters of a rule's CEL expression. */
  readonly expression: number;
  /** Characters of a rule's message. */
  readonly message: number;
  /** Characters of a label's key; Kubernetes allows 317. */
  readonly key: number;
}

export const CLUSTER_LIMITS: PolicyLimits = {
  matchLabels: 32,
  matchExpressions: 32,
  values: 64,
  labels: 16,
  weights: 32,
  tiers: 16,
  rules: 32,
  expression: 4096,
  message: 1024,
  key: 317,
};

export const NAMESPACED_LIMITS: PolicyLimits = {
  matchLabels: 8,
  matchExpressions: 8,
  values: 32,
  labels: 4,
  weights: 8,
  tiers: 8,
  rules: 16,
  expression: 2048,
  message: 512,
  key: 128,
};

/** Values of all requirements together in a namespaced policy's selector, which a schema alone cannot limit. */
export const NAMESPACED_VALUES = 32;
