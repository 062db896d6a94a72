import type { NodeFacts, NodeFeature, RuntimeClassFacts, Taint, Toleration } from '../../src/cluster/view.ts';
import type { Requirement, Scheduling, Term } from '../../src/decision/schedule.ts';
import type { StringMap } from '../../src/pod/kube.ts';

/** What `anyCanTake` must answer, found by looking at every node: slow, and plain enough to be read. */
export function plainScan(
  nodes: readonly NodeFacts[],
  classes: readonly RuntimeClassFacts[],
  scheduling: Scheduling,
  runtimeClass: RuntimeClassFacts,
  features: readonly NodeFeature[],
): boolean {
  return nodes.some(
    node =>
      hasHandler(node, classes, runtimeClass.handler) &&
      canLand(node, scheduling, runtimeClass) &&
      features.every(feature => offers(node, runtimeClass.handler, feature)),
  );
}

export const hasHandler = (
  { handlers, labels }: NodeFacts,
  classes: readonly RuntimeClassFacts[],
  handler: string,
): boolean =>
  handlers
    ? handlers.some(({ name }) => name === handler)
    : classes.some(
        one =>
          one.handler === handler &&
          Object.keys(one.nodeSelector).length > 0 &&
          selects(one.nodeSelector, labels),
      );

/** A node that lists no handlers does not say what it lacks. */
const offers = ({ handlers }: NodeFacts, handler: string, feature: NodeFeature): boolean =>
  !handlers || handlers.some(one => one.name === handler && one[feature]);

export function canLand(node: NodeFacts, scheduling: Scheduling, runtimeClass: RuntimeClassFacts): boolean {
  if (!node.ready) return false;
  if (!selects(runtimeClass.nodeSelector, node.labels)) return false;
  if (!selects(scheduling.nodeSelector, node.labels)) return false;
  if (!inAffinity(scheduling.affinity, node)) return false;
  const { nodeName } = scheduling;
  if (nodeName !== undefined && node.name !== nodeName) return false;
  const tolerations = [...scheduling.tolerations, ...runtimeClass.tolerations];
  // A Pod that names its node goes past the scheduler; the kubelet looks at NoExecute alone (pkg/kubelet/lifecycle).
  const repels = nodeName === undefined ? repelsScheduler : repelsKubelet;
  return !taintsOf(node).some(taint => repels(taint) && !tolerations.some(t => tolerates(t, taint)));
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** A cordoned node counts as tainted, also before the node controller has added the taint. */
const taintsOf = (node: NodeFacts): readonly Taint[] =>
  node.unschedulable ? [...node.taints, UNSCHEDULABLE] : node.taints;

const repelsKubelet = ({ effect }: Taint): boolean => effect === 'NoExecute';
const repelsScheduler = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';

/** k8s.io/component-helpers/scheduling/corev1: an empty key with Exists tolerates all, an empty effect every effect. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}

function selects(selector: StringMap, labels: StringMap): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}

/** A term without requirements matches nothing; no terms at all ask for nothing. */
function inAffinity(terms: readonly Term[], node: NodeFacts): boolean {
  if (terms.length === 0) return true;
  const fields: StringMap = { 'metadata.name': node.name };
  return terms.some(
    term =>
      term.labels.length + term.fields.length > 0 &&
      term.labels.every(requirement => meets(requirement, node.labels)) &&
      term.fields.every(requirement => meets(requirement, fields)),
  );
}

function meets({ key, operator, values }: Requirement, labels: StringMap): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return compareIntegers(value, values[0]) > 0;
    case 'Lt':
      return compareIntegers(value, values[0]) < 0;
    default:
      return false;
  }
}

/** 0, and so neither more nor less, where one of the two is not a whole number. */
function compareIntegers(a: string | undefined, b: string | undefined): number {
  const whole = /^[+-]?\d+$/;
  if (a === undefined || b === undefined || !whole.test(a) || !whole.test(b)) return 0;
  return Number(a) - Number(b);
}
