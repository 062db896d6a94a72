import type { Snapshot } from '../policy/policy.ts';

/** Cluster policies with series of their own. */
const MOST = 100;

/** What a policy is counted under: of a closed set, whatever its author calls it. */
export interface PolicyLabels {
  /** @param policy `name`, or `namespace/name` */
  of(policy: string): string;
  has(label: string): boolean;
}

/** No object can be called so: names are lower case. */
const NAMESPACED = 'SandboxPolicy';
const OF_CLUSTER = 'ClusterSandboxPolicy';

/**
 * The first cluster policies by name each have a label. Others share one, and so do all policies of namespaces: who may
 * write those is not to fill the memory of whoever stores metrics.
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
