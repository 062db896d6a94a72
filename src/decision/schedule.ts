import type { NodeFacts, RuntimeClassFacts, Taint, Toleration } from '../cluster/view.ts';
import type { PodSpec, StringMap } from '../pod/kube.ts';

/** Where the Pod itself asks to run, before a class adds its scheduling. */
export interface Scheduling {
  readonly nodeName?: string;
  readonly nodeSelector: StringMap;
  readonly tolerations: readonly Toleration[];
  readonly affinity: readonly Term[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}
/** Terms are ORed; requirements within one are ANDed. */
interface Term {
  readonly labels: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

const NONE: StringMap = Object.freeze({});

export function schedulingOf(spec: PodSpec): Scheduling {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    nodeSelector: (spec.nodeSelector ?? NONE) as StringMap,
    tolerations: (spec.tolerations ?? []) as readonly Toleration[],
    affinity: (required?.nodeSelectorTerms ?? []).map(term => ({
      labels: requirements(term.matchExpressions),
      fields: requirements(term.matchFields),
    })),
  };
}

type LooseRequirement = {
  readonly key?: string | null;
  readonly operator?: string | null;
  readonly values?: readonly string[] | null;
};

const requirements = (list: readonly LooseRequirement[] | null | undefined): readonly Requirement[] =>
  (list ?? []).map(({ key, operator, values }) => ({
    key: key ?? '',
    operator: operator ?? '',
    values: values ?? [],
  }));

/**
 * The Pod's scheduling as its author wrote it, where a class that was injected before has been merged in: the entries
 * that are the class's are taken out again. There is no record of an author who asked for exactly the same.
 */
export function withoutClass(scheduling: Scheduling, runtimeClass: RuntimeClassFacts): Scheduling {
  const own = Object.entries(scheduling.nodeSelector).filter(
    ([key, value]) => runtimeClass.nodeSelector[key] !== value,
  );
  return {
    ...scheduling,
    nodeSelector: Object.fromEntries(own),
    tolerations: scheduling.tolerations.filter(
      toleration => !runtimeClass.tolerations.some(other => sameToleration(toleration, other)),
    ),
  };
}

/** Absent fields and their defaults are the same (`operator` Equal; the rest empty). */
export const sameToleration = (a: Toleration, b: Toleration): boolean =>
  (a.key ?? '') === (b.key ?? '') &&
  (a.operator ?? 'Equal') === (b.operator ?? 'Equal') &&
  (a.value ?? '') === (b.value ?? '') &&
  (a.effect ?? '') === (b.effect ?? '') &&
  a.tolerationSeconds === b.tolerationSeconds;

/** The node label that the Pod and the class want different values of, for which the API server answers 403. */
export function contradiction(scheduling: Scheduling, runtimeClass: RuntimeClassFacts): string | undefined {
  return Object.entries(runtimeClass.nodeSelector).find(
    ([key, value]) => Object.hasOwn(scheduling.nodeSelector, key) && scheduling.nodeSelector[key] !== value,
  )?.[0];
}

/** True when the scheduler could bind the Pod to this node now, as far as selectors, affinity and taints go. */
export function canLand(node: NodeFacts, scheduling: Scheduling, runtimeClass: RuntimeClassFacts): boolean {
  if (!node.ready) return false;
  if (!selects(runtimeClass.nodeSelector, node.labels)) return false;
  if (!selects(scheduling.nodeSelector, node.labels)) return false;
  if (!inAffinity(scheduling.affinity, node)) return false;
  // A Pod that names its node goes past the scheduler: taints that only keep scheduling away do not matter.
  if (scheduling.nodeName !== undefined) return node.name === scheduling.nodeName;
  const tolerations = [...scheduling.tolerations, ...runtimeClass.tolerations];
  return !taintsOf(node).some(taint => repels(taint) && !tolerations.some(t => tolerates(t, taint)));
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** A cordoned node counts as tainted, also before the node controller has added the taint. */
const taintsOf = (node: NodeFacts): readonly Taint[] =>
  node.unschedulable ? [...node.taints, UNSCHEDULABLE] : node.taints;

const repels = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';

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
