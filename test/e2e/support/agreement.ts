import type { ClusterView } from '../../../src/cluster/view.ts';
import { decide } from '../../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../../src/decision/decision.ts';
import { GUARDED } from '../../../src/guard/findings.ts';
import { INJECTED_ANNOTATION } from '../../../src/pod/annotations.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';

const guarded: ReadonlySet<string> = new Set(GUARDED.map(({ id }) => id));

/** What the engine says about a request. */
export interface Said {
  readonly admits: boolean;
  /**
   * Whether it would still deny without the rules in which the guard is looser: rules of namespaced policies; rules on updates,
   * which all count as if they had matched the stored Pod already; requirements, scheduling, and a missing class.
   */
  readonly guardDenies: boolean;
  /** True if one of several rules of a policy failed: the guard then takes all of them to have matched. */
  readonly guardMayBeStricter: boolean;
}

/** Policies and exemptions as the engine has them, and without the rules that the guard lacks. */
export interface Snapshots {
  readonly snapshot: Snapshot;
  readonly withClusterRules: Snapshot;
}

export function engineSays(
  request: DecisionRequest,
  { snapshot, withClusterRules }: Snapshots,
  view: ClusterView,
  now: number,
): Said {
  const { verdict } = decide(request, snapshot, view, now);
  // A class that was injected before would be raised, so the decision would be about other classes than the Pod's own.
  const plain = { ...request, pod: withoutInjected(request.pod) };
  const ofGuard =
    request.operation === 'CREATE' ? withClusterRules : withRulesOfStored(snapshot, request.oldPod);
  const guarded = decide(plain, ofGuard, view, now);
  return {
    admits: verdict === 'admit',
    guardDenies: isDenied(plain, guarded),
    guardMayBeStricter: [guarded.governing, ...guarded.others].some(({ policy, contributions }) => {
      const rules = withClusterRules.policies.find(({ name }) => name === policy)?.rules ?? [];
      return rules.length > 1 && contributions.some(one => 'note' in one && one.note === 'rule-error');
    }),
  };
}

/** Makes each rule match the stored Pod and no other. */
const withRulesOfStored = (snapshot: Snapshot, stored: Pod | undefined): Snapshot => ({
  ...snapshot,
  policies: snapshot.policies.map(policy => ({
    ...policy,
    rules: policy.rules.map(rule => ({
      ...rule,
      evaluate: ({ pod }: PodView) => (pod === stored ? 'matched' : 'not-matched'),
    })),
  })),
});

function isDenied({ pod }: DecisionRequest, { required, placement, outcome }: Decision): boolean {
  if (outcome === 'deleting' || outcome === 'mirror') return false;
  if (outcome === 'out-of-bounds') return true;
  const here = placement.find(step => step.runtimeClass === pod.spec?.runtimeClassName);
  if (!pod.spec?.runtimeClassName || !here || here.objections.some(({ code }) => code === 'missing')) {
    return required !== 'host-kernel';
  }
  return here.objections.some(
    ({ code, signal }) => code === 'too-weak' || (signal !== undefined && guarded.has(signal)),
  );
}

function withoutInjected(pod: Pod): Pod {
  const { [INJECTED_ANNOTATION]: _, ...annotations } = pod.metadata?.annotations ?? {};
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}
