import type { NodeBits } from '../cluster/node-set.ts';
import type { ClusterView, Nodes } from '../cluster/view.ts';
import type { Pod, PodSpec } from '../pod/kube.ts';
import type { Decision } from './decision.ts';
import { nodesTaking } from './land.ts';
import { fits } from './place.ts';
import { schedulingOf } from './schedule.ts';
import { featureOf } from './support.ts';

/*
A DaemonSet has a Pod on each node that its template lets it go to, and its controller does not ask whether the node can run
it: it looks at selectors, affinity and taints of the template, before a RuntimeClass adds its own, and ties the Pod to the
node by a required affinity. https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/daemon/daemon_controller.go
*/

/** A DaemonSet's Pod, tied to the ready nodes that it goes to. */
export interface OnNodes {
  readonly pod: Pod;
  /** Their names. */
  readonly nodes: readonly string[];
}

/** Pure. @param pod of the template, with the tolerations that the controller adds */
export function onNodes(pod: Pod, nodes: Nodes): OnNodes {
  const spec: PodSpec = pod.spec ?? {};
  const names = namesIn(nodes, nodesTaking(nodes, schedulingOf(spec)));
  // With none to go to, the template's own words are all there is.
  return names.length === 0
    ? { pod, nodes: names }
    : { pod: { ...pod, spec: tied(spec, names) }, nodes: names };
}

/** Terms are ORed: each is narrowed down, so that what they ask for stays known. */
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

/** Of the nodes that it goes to, those where no class that fits can run it. Pure. */
export function cannotRun(
  { verdict, placement, findings }: Decision,
  { pod, nodes: names }: OnNodes,
  view: ClusterView,
): readonly string[] {
  const nodes = view.nodes();
  if (verdict === 'reject' || placement.length === 0 || !nodes) return [];
  const scheduling = schedulingOf(pod.spec ?? {});
  const features = findings.flatMap(({ signal }) => featureOf(signal) ?? []);
  const able = placement.filter(fits).map(({ runtimeClass }) => {
    const facts = view.runtimeClass(runtimeClass);
    return facts ? nodesTaking(nodes, scheduling, facts, features) : nodes.none();
  });
  const fields = nodes.fields.get('metadata.name');
  return names.filter(name => !able.some(bits => fields?.values.get(name)?.meets(bits)));
}

function namesIn(nodes: Nodes, bits: NodeBits): readonly string[] {
  const named = [...(nodes.fields.get('metadata.name')?.values ?? [])];
  return named.flatMap(([name, set]) => (set.meets(bits) ? [name] : [])).sort();
}
