import type { Guard } from '../guard/guard.ts';
import type { RuleOfWebhook } from '../guard/rules.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import type { Remark } from '../report/checkup/checkup.ts';
import {
  CLUSTER_PART_NOT_IN_GUARD,
  NAMESPACE_NOT_IN_GUARD,
  RULE_NOT_IN_GUARD,
} from '../report/words/not-in-guard.ts';
import { count, quote, someOf } from '../source/text.ts';
import { note, warning } from './check.ts';

/** How many policies are named for each reason. */
const MOST_NAMED = 3;

/** What is missing in a guard that is in step: there it fails closed, or only the webhook judges. */
export const partsMissing = ({ leftOut, rulesOfWebhook, clusterLeftOut }: Guard): readonly Remark[] => [
  ...Array.from(
    Map.groupBy(leftOut, ([, { because }]) => because),
    ([because, some]) =>
      warning(
        `SandboxPolicies of ${someOf(some.map(([name, { bytes }]) => `${quote(name)} (${bytes} bytes)`))} are not in the guard, ${NAMESPACE_NOT_IN_GUARD[because].why}. The guard therefore requires of every Pod there the most isolation that any of them asks for.`,
        NAMESPACE_NOT_IN_GUARD[because].fix,
      ),
  ),
  // Policies are never left out here, as nothing is known to stand in for one.
  ...Array.from(
    Map.groupBy(clusterLeftOut, ({ because }) => because),
    ([because, some]) =>
      warning(
        `${count(some.length, 'SandboxExemption is', 'SandboxExemptions are')} not in the guard, ${CLUSTER_PART_NOT_IN_GUARD[because].why}: ${someOf(some.map(({ name }) => quote(name)))}. The guard therefore denies Pods that need such an exemption.`,
        CLUSTER_PART_NOT_IN_GUARD[because].fix,
      ),
  ),
  ...Array.from(
    Map.groupBy(rulesOfWebhook, ({ because }) => because),
    ([because, some]) => rulesMissing(because, some),
  ).flat(),
];

/** One remark for each policy; the last one covers those that are not named. */
function rulesMissing(because: RuleOfWebhook['because'], some: readonly RuleOfWebhook[]): readonly Remark[] {
  const { why, fix } = RULE_NOT_IN_GUARD[because];
  // If there is nothing to do, it is not a warning.
  const remark = (message: string): Remark => (fix === undefined ? note(message) : warning(message, fix));
  const byPolicy = [...Map.groupBy(some, ({ policy }) => policy)];
  const more = byPolicy.length - MOST_NAMED;
  return [
    ...byPolicy
      .slice(0, MOST_NAMED)
      .map(([policy, ofIt]) =>
        remark(
          `${nameOf(policy)} is fully enforced only while the webhook answers: the guard does not have its ${rulesOf(ofIt)}, ${why}.`,
        ),
      ),
    ...(more > 0
      ? [
          remark(
            `${count(more, 'more policy is', 'more policies are')} fully enforced only while the webhook answers, for the same reason.`,
          ),
        ]
      : []),
  ];
}

const nameOf = ({ namespace, name }: CompiledPolicy): string =>
  namespace === undefined
    ? `ClusterSandboxPolicy ${quote(name)}`
    : `SandboxPolicy ${quote(name)} in ${quote(namespace)}`;

const rulesOf = (some: readonly RuleOfWebhook[]): string =>
  `${some.length === 1 ? 'rule' : 'rules'} ${someOf(some.map(({ rule }) => quote(rule.name)))}`;
