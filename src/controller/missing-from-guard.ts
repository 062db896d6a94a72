import type { LiveObject } from '../cluster/live-object.ts';
import type { Guard } from '../guard/guard.ts';
import type { ClusterLeftOut, ClusterObject, LeftOut } from '../guard/left-out.ts';
import type { RuleOfWebhook } from '../guard/rules.ts';
import type { ClusterPart } from '../guard/too-large.ts';
import { ISOLATIONS } from '../profiles/isolation.ts';
import {
  CLUSTER_NOT_IN_GUARD,
  CLUSTER_PART_NOT_IN_GUARD,
  NAMESPACE_NOT_IN_GUARD,
  RULE_NOT_IN_GUARD,
  type WhyStopped,
} from '../report/words/not-in-guard.ts';

/** Why no guard could be made of today's policies, so that the guard written last stays in force. */
export interface Stopped {
  readonly because: WhyStopped;
  readonly what: string;
  /** The cluster policies and exemptions that cause it. */
  readonly objects: readonly (ClusterObject & Partial<ClusterPart>)[];
}

/** What the guard in force leaves out. */
export interface Lacks extends Pick<Guard, 'leftOut' | 'rulesOfWebhook' | 'clusterLeftOut'> {
  readonly stopped?: Stopped;
}

interface Named {
  readonly kind?: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

/** What the guard lacks of an object, as its author is told; undefined where nothing is missing. */
export function missingFrom(
  { leftOut, rulesOfWebhook, clusterLeftOut, stopped }: Lacks,
  { document }: Pick<LiveObject, 'document'>,
): string | undefined {
  const { kind, metadata } = document.value as Named;
  if (kind === 'SandboxPolicy') {
    const left = leftOut.get(metadata.namespace ?? '');
    return left && ofNamespace(left);
  }
  const part = stopped?.objects.find(one => one.kind === kind && one.name === metadata.name);
  if (stopped && part) return ofCluster(stopped, part.bytes);
  const one = clusterLeftOut.find(other => other.kind === kind && other.name === metadata.name);
  if (one) return ofClusterPart(one);
  if (kind !== 'ClusterSandboxPolicy') return undefined;
  const rules = rulesOfWebhook.filter(
    ({ policy, because }) => policy.name === metadata.name && because !== 'namespaced',
  );
  return rules.length === 0 ? undefined : rules.map(ofRule).join('\n');
}

function ofCluster({ because, what }: Stopped, bytes: number | undefined): string {
  const { why, fix } = CLUSTER_NOT_IN_GUARD[because];
  const size = bytes === undefined ? '' : ` (about ${bytes} bytes)`;
  return `The guard could not be written, so its previous version stays in force for every policy and exemption: ${what}, ${why}${size}. The webhook goes by their current versions. ${fix}`;
}

function ofClusterPart({ kind, because, hasEarlier }: ClusterLeftOut): string {
  const { why, fix } = CLUSTER_PART_NOT_IN_GUARD[because];
  if (kind === 'SandboxExemption') {
    return `The guard does not have this exemption, ${why}. It therefore denies the Pods that need the exemption, even if the webhook admits them. ${fix}`;
  }
  const instead = hasEarlier
    ? 'The guard goes on with its previous version'
    : 'As the policy is new, the guard has no version of it';
  return `The guard does not have the current version of this policy, ${why}. ${instead}; only the webhook goes by the current one. ${fix}`;
}

function ofNamespace({ because, bytes, most }: LeftOut): string {
  const { why, fix } = NAMESPACE_NOT_IN_GUARD[because];
  return `The guard does not have the SandboxPolicies of this namespace (${bytes} bytes), ${why}. The webhook goes by them; the guard requires ${ISOLATIONS[most]} of every Pod here, the most that any of them asks for. ${fix}`;
}

function ofRule({ rule, because }: RuleOfWebhook): string {
  const { why, fix } = RULE_NOT_IN_GUARD[because];
  return `The guard does not have the rule ${rule.name}, ${why}, so it is enforced only while the webhook answers.${fix === undefined ? '' : ` ${fix}`}`;
}
