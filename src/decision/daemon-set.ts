import type { NodeBits } from '../cluster/node-set.ts';
import type { ClusterView, Nodes } from '../cluster/view.ts';
import type { Pod, PodSpec } from '../pod/kube.ts';
import type { Decision } from './decision.ts';
import { nodesTaking } from './land.ts';
import { fits } from './place.ts';
import { schedulingOf } from './schedule.ts';
import { featureOf } from './support.ts';

/*
A DaemonSet has a Pod on each node that its template allows, and its controller does not ask whether the node can run it. The
controller looks at selectors, affinity and taints of the template, before a RuntimeClass adds its own, and ties the Pod to the
node by a required affinity. https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/daemon/daemon_controller.go
*/

/** A DaemonSet's Pod, with the ready nodes to each of which its controller ties one. */
export interface OnNodes {
  readonly pod: Pod;
  /** Their names. */
  readonly nodes: readonly string[];
}

/**
 * The ready nodes of a DaemonSet. Pure.
 * @param pod of the template, with the tolerations that the controller adds
 */
export function onNodes(pod: Pod, nodes: Nodes): OnNodes {
  const spec: PodSpec = pod.spec ?? {};
  const names = namesIn(nodes, nodesTaking(nodes, schedulingOf(spec)));
  // If there is no node for it, only what the template itself says is left.
  return names.length === 0
    ? { pod, nodes: names }
    : { pod: { ...pod, spec: tied(spec, names) }, nodes: names };
}

/** Adds the nodes to the affinity. Terms are ORed, so each one is narrowed, which keeps what they ask for known. */
function tied(spec: PodSpec, values: readonly string[]): PodSpec {
  const node = spec.affinity?.nodeAffinity;
  const terms = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const field = { key: 'metadata.name', operator: 'In', values };
  const nodeSelectorTerms = (terms.length > 0 ? terms : [{}]).map(term => ({
    ...term,
    matchFields: [...(term.matchFields ?? []), field],
  }));
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...spec, affinity: { ...spec.affinity, nodeAffinity: { ...node, ...required } } };
}

/** What becomes of the Pods on each of these nodes. */
export interface OnEachNode {
  /** The nodes where no fitting class can run it. */
  readonly cannotRun: readonly string[];
  /**
   * The nodes where another class than the decision's is the first that can run it, as each Pod is tied to its node when it is
   * judged.
   */
  readonly otherwise: readonly { readonly runtimeClass: string; readonly nodes: readonly string[] }[];
}

/** Pure. */
export function onEachNode(
  { verdict, placement, findings, runtimeClass }: Decision,
  { pod, nodes: names }: OnNodes,
  view: ClusterView,
): OnEachNode {
  const nodes = view.nodes();
  if (verdict === 'reject' || placement.length === 0 || !nodes) return { cannotRun: [], otherwise: [] };
  const scheduling = schedulingOf(pod.spec ?? {});
  const features = findings.flatMap(({ signal }) => featureOf(signal) ?? []);
  const able = placement.filter(fits).map(step => {
    const facts = view.runtimeClass(step.runtimeClass);
    return { ...step, on: facts ? nodesTaking(nodes, scheduling, facts, features) : nodes.none() };
  });
  const fields = nodes.fields.get('metadata.name');
  const firstOn = (name: string) => able.find(({ on }) => fields?.values.get(name)?.meets(on))?.runtimeClass;
  const byClass = Map.groupBy(names, firstOn);
  return {
    cannotRun: byClass.get(undefined) ?? [],
    otherwise: [...byClass].flatMap(([other, some]) =>
      other === undefined || other === runtimeClass ? [] : [{ runtimeClass: other, nodes: some }],
    ),
  };
}

function namesIn(nodes: Nodes, bits: NodeBits): readonly string[] {
  const named = [...(nodes.fields.get('metadata.name')?.values ?? [])];
  return named.flatMap(([name, set]) => (set.meets(bits) ? [name] : [])).sort();
}
