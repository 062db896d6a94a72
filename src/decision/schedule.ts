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

/** Only the required part of the affinity counts: preferences keep a Pod off no node. */
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
 * The Pod's scheduling as its author wrote it, without what a class that was injected before has merged into it. If the author
 * asked for exactly the same, that is lost, as there is no record of it.
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

/** Absent fields equal their defaults (Equal for `operator`, empty for the others). */
export const sameToleration = (a: Toleration, b: Toleration): boolean =>
  (a.key ?? '') === (b.key ?? '') &&
  (a.operator ?? 'Equal') === (b.operator ?? 'Equal') &&
  (a.value ?? '') === (b.value ?? '') &&
  (a.effect ?? '') === (b.effect ?? '') &&
  a.tolerationSeconds === b.tolerationSeconds;

/** The node label for which the Pod and the class want different values, which the API server answers with 403. */
export function contradiction(scheduling: Scheduling, runtimeClass: RuntimeClassFacts): string | undefined {
  const { nodeSelector } = scheduling;
  for (const key in runtimeClass.nodeSelector) {
    if (Object.hasOwn(nodeSelector, key) && nodeSelector[key] !== runtimeClass.nodeSelector[key]) return key;
  }
  return undefined;
}
