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

/** Why the policies of today made no guard, so that what was written last is in force. */
export interface Stopped {
  readonly because: WhyStopped;
  readonly what: string;
  /** The cluster policies and exemptions that are the cause of it. */
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

/** What of an object the guard should have and does not, told to its author; undefined where nothing is missing. */
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
  return `The guard stays what it was written last, for this and every other object: ${what}, ${why}${size}. The webhook judges by all as they are. ${fix}`;
}

function ofClusterPart({ kind, because, hasEarlier }: ClusterLeftOut): string {
  const { why, fix } = CLUSTER_PART_NOT_IN_GUARD[because];
  if (kind === 'SandboxExemption') {
    return `The guard does not have this exemption, ${why}: it denies what this waives, also where the webhook admits it. ${fix}`;
  }
  const instead = hasEarlier ? 'its last version stays there' : 'as it is new, nothing of it is there';
  return `The guard does not have this policy as it is, ${why}: ${instead}, and only the webhook judges by it. ${fix}`;
}

function ofNamespace({ because, bytes, most }: LeftOut): string {
  const { why, fix } = NAMESPACE_NOT_IN_GUARD[because];
  return `The guard does not have the SandboxPolicies of this namespace (${bytes} bytes), ${why}. The webhook judges by them as they are; in the guard every Pod here needs ${ISOLATIONS[most]}, the most that they ask for. ${fix}`;
}

function ofRule({ rule, because }: RuleOfWebhook): string {
  const { why, fix } = RULE_NOT_IN_GUARD[because];
  return `The guard does not have the rule ${rule.name}, ${why}: only the webhook judges by it.${fix === undefined ? '' : ` ${fix}`}`;
}
