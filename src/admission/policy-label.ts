import type { Snapshot } from '../policy/policy.ts';

/** How many cluster policies have series of their own. */
const MOST = 100;

/** The labels that policies are counted under: a closed set, whatever authors call their policies. */
export interface PolicyLabels {
  /** @param policy `name`, or `namespace/name` */
  of(policy: string): string;
  has(label: string): boolean;
}

/** No object can have this name, as names are lower case. */
const NAMESPACED = 'SandboxPolicy';
const OF_CLUSTER = 'ClusterSandboxPolicy';

/**
 * The first cluster policies by name have a label each. The others share one, and so do all policies of namespaces: those who
 * may write these must not be able to fill the memory of whoever stores the metrics.
 */
export function policyLabels({ policies, fallback }: Pick<Snapshot, 'policies' | 'fallback'>): PolicyLabels {
  const ofCluster = policies.filter(({ namespace }) => namespace === undefined).map(({ name }) => name);
  const own = new Set([fallback.name, ...ofCluster.sort().slice(0, MOST)]);
  const shared = [NAMESPACED, OF_CLUSTER];
  return {
    of: policy => {
      if (own.has(policy)) return policy;
      return policy.includes('/') ? NAMESPACED : OF_CLUSTER;
    },
    has: label => own.has(label) || shared.includes(label),
  };
}
