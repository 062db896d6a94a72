import type { ClusterView } from '../../../src/cluster/view.ts';
import { decide } from '../../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../../src/decision/decision.ts';
import { GUARDED } from '../../../src/guard/findings.ts';
import { INJECTED_ANNOTATION } from '../../../src/pod/annotations.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';

const guarded: ReadonlySet<string> = new Set(GUARDED.map(({ id }) => id));

/** What the engine says of a request. */
export interface Said {
  readonly admits: boolean;
  /** What is left of its no without what the guard is looser in: rules, requirements, scheduling, a missing class. */
  readonly guardDenies: boolean;
}

export function engineSays(
  request: DecisionRequest,
  snapshot: Snapshot,
  withoutRules: Snapshot,
  view: ClusterView,
  now: number,
): Said {
  const { verdict } = decide(request, snapshot, view, now);
  // A class that was injected before would be raised: the decision then speaks of others than the one that it has.
  const plain = { ...request, pod: withoutInjected(request.pod) };
  return {
    admits: verdict === 'admit',
    guardDenies: isDenied(plain, decide(plain, withoutRules, view, now)),
  };
}

function isDenied({ pod }: DecisionRequest, { required, placement, outcome }: Decision): boolean {
  if (outcome === 'deleting' || outcome === 'mirror') return false;
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
