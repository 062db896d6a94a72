import { MINIMUM_ISOLATION_LABEL } from '../pod/labels.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import type { PodView } from '../pod/view.ts';
import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import { type Isolation, isIsolation, rank, strongest } from '../profiles/isolation.ts';
import type { Assessment, Contribution, Decision, Floor } from './decision.ts';
import type { FoundSignal } from './found.ts';
import { type Score, scoreLabels, scoreRules, scoreSignals, total } from './score.ts';

const STRONGEST: Isolation = 'confidential-vm';

/** The policies that judge this Pod. At least one of them is beyond the control of the Pod's author. */
export function policiesFor(
  snapshot: Snapshot,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): readonly CompiledPolicy[] {
  const matching = snapshot.policies.filter(policy => policy.matches(pod, namespace));
  const hasFloor = matching.some(policy => isOfCluster(policy) && !policy.selectsPods);
  return hasFloor ? matching : [...matching, snapshot.fallback];
}

/** The assessment of the whole Pod by one policy. */
export function assess(
  policy: CompiledPolicy,
  found: readonly FoundSignal[],
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): Assessment {
  const score = total(scoreSignals(policy, found), [
    ...scoreLabels(policy, pod, namespace),
    ...scoreRules(policy, pod, namespace),
  ]);
  return conclude(policy, score, [
    ...signalFloors(found),
    ...tierFloor(policy, score.tierScore),
    ...policyFloor(policy),
    ...namespaceFloor(namespace),
  ]);
}

/**
 * The assessment of only findings by one policy, without labels and standing floors.
 * @param rules what rules contribute, where they count, too
 */
export function assessContent(
  policy: CompiledPolicy,
  found: readonly FoundSignal[],
  rules: readonly Contribution[] = [],
): Assessment {
  const score = total(scoreSignals(policy, found), rules);
  return conclude(policy, score, [...signalFloors(found), ...tierFloor(policy, score.tierScore)]);
}

/** The strictest of several policies governs: the one with the highest required isolation, then score, then name. */
export function govern(
  assessments: readonly Assessment[],
): Pick<Decision, 'governing' | 'others' | 'required'> {
  const [governing, ...others] = assessments.toSorted(byStrictness) as [Assessment, ...Assessment[]];
  return { governing, others, required: governing.required };
}

const byStrictness = (a: Assessment, b: Assessment): number =>
  rank(b.required) - rank(a.required) || b.score - a.score || (a.policy < b.policy ? -1 : 1);

function conclude(policy: CompiledPolicy, score: Score, floors: readonly Floor[]): Assessment {
  const required = floors.reduce<Isolation>(
    (highest, floor) => strongest(highest, floor.isolation),
    'host-kernel',
  );
  return { policy: policyId(policy), ...score, required, floors };
}

/** The name of a policy in assessments: `balanced`, or with its namespace. */
export const policyId = (policy: CompiledPolicy): string =>
  policy.namespace === undefined ? policy.name : `${policy.namespace}/${policy.name}`;

/** These floors hold whatever the weights are: an exposure needs an application kernel, a breakout a VM. */
function signalFloors(found: readonly FoundSignal[]): Floor[] {
  const floors: Floor[] = [];
  for (const { signal, category, waived } of found) {
    if (waived) continue;
    if (category === 'exposure') floors.push({ isolation: 'app-kernel', because: 'signal', id: signal });
    if (category === 'breakout') floors.push({ isolation: 'vm', because: 'signal', id: signal });
  }
  return floors;
}

function tierFloor(policy: CompiledPolicy, tierScore: number): Floor[] {
  const reached = policy.tiers.filter(tier => tierScore >= tier.atLeast);
  return reached.map(({ isolation, atLeast }) => ({ isolation, because: 'tier', id: String(atLeast) }));
}

const policyFloor = (policy: CompiledPolicy): Floor[] =>
  policy.minimumIsolation === 'host-kernel'
    ? []
    : [{ isolation: policy.minimumIsolation, because: 'policy', id: policyId(policy) }];

function namespaceFloor(namespace: NamespaceFacts | undefined): Floor[] {
  // Fails closed: a namespace that could not be looked up may ask for anything.
  if (!namespace) return [{ isolation: STRONGEST, because: 'namespace', id: 'unknown' }];
  if (!Object.hasOwn(namespace.labels, MINIMUM_ISOLATION_LABEL)) return [];
  const word = namespace.labels[MINIMUM_ISOLATION_LABEL] as string;
  // Fails closed: a value that is not one of the four counts as the strongest.
  return [{ isolation: isIsolation(word) ? word : STRONGEST, because: 'namespace', id: word }];
}
