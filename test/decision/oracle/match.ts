import type { StringMap } from '../../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../../src/pod/namespace.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { LabelSelector } from '../../../src/policy/selector.ts';
import { isNamespaced, type RawPolicy, type World } from './world.ts';

/** Reads a LabelSelector as Kubernetes does; an absent one selects everything. */
export const selected = (selector: LabelSelector | undefined, labels: StringMap): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector?.matchExpressions ?? []).every(expression => holds(expression, labels));

function holds(
  { key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  labels: StringMap,
): boolean {
  const present = Object.keys(labels).includes(key);
  const listed = present && values.includes(labels[key] as string);
  if (operator === 'In') return listed;
  if (operator === 'NotIn') return !listed;
  return operator === 'Exists' ? present : !present;
}

function matches(policy: RawPolicy, pod: PodView, namespace: NamespaceFacts | undefined): boolean {
  const { match } = policy.spec;
  if (!selected(match?.podSelector, pod.labels)) return false;
  if (isNamespaced(policy)) return policy.metadata.namespace === pod.namespace;
  const { namespaceSelector } = (match ?? {}) as { readonly namespaceSelector?: LabelSelector };
  // The namespace cannot be looked up, so every namespaceSelector matches.
  return namespace === undefined || selected(namespaceSelector, namespace.labels);
}

/** True where a Pod's labels have no say in whether the policy matches. */
const standsAnyway = (policy: RawPolicy): boolean => {
  const { matchLabels = {}, matchExpressions = [] } = policy.spec.match?.podSelector ?? {};
  return !isNamespaced(policy) && Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
};

/** The policies that match, and `balanced` where none of them is a cluster policy without a podSelector. */
export function judging(
  { policies, balanced }: World,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): readonly RawPolicy[] {
  const matching = policies.filter(policy => matches(policy, pod, namespace));
  return matching.some(standsAnyway) ? matching : [...matching, balanced];
}
