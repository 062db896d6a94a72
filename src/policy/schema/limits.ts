/**
 * How large the parts of a policy may be. All policies become part of one guard, which an API server evaluates for every
 * Pod, and which has to fit into one object of etcd: what the author of a namespaced policy writes is shared with all
 * others. So those have limits that no policy a person writes comes near, under which one makes at most some 23 kB of the
 * guard (`test/policy/limits.test.ts`), and with the names and values that people give, a tenth of that.
 */
export interface PolicyLimits {
  /** The bound on a selector's `matchLabels`. */
  readonly matchLabels: number;
  /** Requirements of a selector's `matchExpressions`. */
  readonly matchExpressions: number;
  /** Values of one requirement. */
  readonly values: number;
  /** Labels that weigh. */
  readonly labels: number;
  /** Values of a label that weigh. */
  readonly weights: number;
  readonly tiers: number;
  readonly rules: number;
  /** Characters of a rule's CEL expression. */
  readonly expression: number;
  /** Characters of a rule's message. */
  readonly message: number;
  /** Characters of a label's key; Kubernetes takes 317. */
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

/** Values of all requirements of a namespaced policy's selector together, which a schema alone cannot say. */
export const NAMESPACED_VALUES = 32;
