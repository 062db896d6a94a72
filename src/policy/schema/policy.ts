import { document, object } from '../../source/schema.ts';
import { selector } from './common.ts';
import { CLUSTER_LIMITS, NAMESPACED_LIMITS, type PolicyLimits } from './limits.ts';
import { degraded, minimumIsolation, sandboxes, scoring, tiers } from './scoring.ts';

const podSelector = (limits: PolicyLimits) =>
  selector(
    'Pods, by their labels. Default: all. Whoever writes a Pod can leave its labels out, so a policy with a podSelector only adds to the others.',
    limits,
  );

/** The structural JSON Schema of ClusterSandboxPolicy. */
export const clusterSandboxPolicySchema = document(
  'ClusterSandboxPolicy',
  'Scores Pods and says which isolation they need. Several policies may match a Pod: the strictest governs.',
  object('What the policy matches, how it scores, and what it asks for.', {
    match: object('Pods that the policy judges. Default: all.', {
      namespaceSelector: selector(
        'Namespaces, by their labels. Default: all. A Namespace that cannot be looked up counts as matching.',
        CLUSTER_LIMITS,
      ),
      podSelector: podSelector(CLUSTER_LIMITS),
    }),
    scoring: scoring(CLUSTER_LIMITS),
    tiers: tiers(CLUSTER_LIMITS),
    minimumIsolation,
    sandboxes: sandboxes(
      'RuntimeClasses to choose from, the preferred first. Default: every sandbox of the cluster, ordered by isolation, overhead and name.',
    ),
    acceptDegraded: degraded,
    whenUnavailable: {
      type: 'string',
      description:
        'What becomes of a Pod when no ready node can run its sandbox. Pend: it gets its class and waits. Reject: it is turned away. Default: Pend.',
      enum: ['Pend', 'Reject'],
    },
  }),
);

/** The structural JSON Schema of SandboxPolicy, which has only what can tighten. */
export const sandboxPolicySchema = document(
  'SandboxPolicy',
  'Asks for more isolation in one namespace. It can only tighten what the ClusterSandboxPolicies ask for.',
  object('What the policy matches, how it scores, and what it asks for.', {
    match: object('Pods of the namespace that the policy judges. Default: all.', {
      podSelector: podSelector(NAMESPACED_LIMITS),
    }),
    scoring: scoring(NAMESPACED_LIMITS),
    tiers: tiers(NAMESPACED_LIMITS),
    minimumIsolation,
    sandboxes: sandboxes(
      'RuntimeClasses that Pods may run in: of those that the ClusterSandboxPolicy offers, all others are left out. The order means nothing.',
    ),
  }),
  true,
);
