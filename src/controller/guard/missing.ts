import type { LiveObject } from '../../cluster/live-object.ts';
import type { Guard } from '../../guard/guard.ts';
import type { RuleOfWebhook } from '../../guard/rules.ts';
import type { LeftOut } from '../../guard/share.ts';
import { ISOLATIONS } from '../../profiles/isolation.ts';
import { NAMESPACE_NOT_IN_GUARD, RULE_NOT_IN_GUARD } from '../../report/not-in-guard.ts';

/** What of a policy the guard should have and does not, told to the policy's author; undefined where nothing is missing. */
export function missingFrom(
  { leftOut, rulesOfWebhook }: Pick<Guard, 'leftOut' | 'rulesOfWebhook'>,
  { document }: Pick<LiveObject, 'document'>,
): string | undefined {
  const { kind, metadata } = document.value as {
    readonly kind?: string;
    readonly metadata: { readonly name?: string; readonly namespace?: string };
  };
  if (kind === 'SandboxPolicy') {
    const left = leftOut.get(metadata.namespace ?? '');
    return left && ofNamespace(left);
  }
  if (kind !== 'ClusterSandboxPolicy') return undefined;
  const rules = rulesOfWebhook.filter(
    ({ policy, because }) => policy.name === metadata.name && because !== 'namespaced',
  );
  return rules.length === 0 ? undefined : rules.map(ofRule).join('\n');
}

function ofNamespace({ because, bytes, most }: LeftOut): string {
  const { why, fix } = NAMESPACE_NOT_IN_GUARD[because];
  return `The guard does not have the SandboxPolicies of this namespace (${bytes} bytes), ${why}. The webhook judges by them as they are; in the guard every Pod here needs ${ISOLATIONS[most]}, the most that they ask for. ${fix}`;
}

function ofRule({ rule, because }: RuleOfWebhook): string {
  const { why, fix } = RULE_NOT_IN_GUARD[because];
  return `The guard does not have the rule ${rule.name}, ${why}: only the webhook judges by it. ${fix}`;
}
