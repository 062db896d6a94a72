import type { RuntimeClassFacts, Toleration } from '../cluster/view.ts';
import type { PodSpec, StringMap } from '../pod/kube.ts';

/** Where the Pod itself asks to run, before a class adds its scheduling. */
export interface Scheduling {
  readonly nodeName?: string;
  readonly nodeSelector: StringMap;
  readonly tolerations: readonly Toleration[];
  readonly affinity: readonly Term[];
}

export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}
/** Terms are ORed; requirements within one are ANDed. */
export interface Term {
  readonly labels: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

const NONE: StringMap = Object.freeze({});

/** What is required of the affinity counts alone: preferences keep a Pod from no node. */
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
  const { nodeSelector } = scheduling;
  for (const key in runtimeClass.nodeSelector) {
    if (Object.hasOwn(nodeSelector, key) && nodeSelector[key] !== runtimeClass.nodeSelector[key]) return key;
  }
  return undefined;
}
