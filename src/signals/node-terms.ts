import type { PodSpec } from '../pod/kube.ts';

export interface Requirement {
  readonly key?: string | null;
  readonly operator?: string | null;
  readonly values?: readonly string[] | null;
}

/** One of the terms of a required node affinity. */
export interface Term {
  /** The path of the term's expressions, from the Pod's root. */
  readonly path: string;
  readonly expressions: readonly Requirement[];
}

const TERMS = 'nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

/**
 * The terms that can match a node; an empty one does not. The scheduler needs only one of them to match, so the Pod is only
 * certain to require what they all do.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
export function requiredTerms({ affinity }: PodSpec): readonly Term[] {
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchExpressions, matchFields }, i) => {
    const expressions = matchExpressions ?? [];
    if (expressions.length === 0 && (matchFields ?? []).length === 0) return [];
    return [{ path: `spec.affinity.${TERMS}[${i}].matchExpressions`, expressions }];
  });
}
