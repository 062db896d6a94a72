import { type CompiledPolicy, isOfCluster, type LabelScoring } from '../policy/policy.ts';
import type { Cel } from '../signals/cel.ts';
import { text } from '../signals/guards.ts';
import { lookUp } from './cel.ts';
import type { Variable } from './object.ts';

/** What labels weigh. */
export interface LabelScorings {
  readonly variables: readonly Variable[];
  /** The weight of labels under a policy; `0` where none has one. */
  weightOf(policy: CompiledPolicy): Cel;
  /** The expressions of the variables that a cluster policy reads, alone or together with others. */
  sharedBy(policy: CompiledPolicy): readonly Cel[];
}

/**
 * What labels weigh. Cluster policies that score a label alike share a variable. Policies of a namespace have none, as a
 * variable costs every request a little, whatever its namespace.
 * @param policies those of the cluster
 */
export function labelScorings(policies: readonly CompiledPolicy[]): LabelScorings {
  const variables = new Map<string, Variable>();
  for (const scoring of policies.flatMap(({ labels }) => labels)) {
    const key = keyOf(scoring);
    if (variables.has(key)) continue;
    variables.set(key, { name: `label${variables.size}`, expression: labelCel(scoring) });
  }
  return {
    variables: [...variables.values()],
    weightOf: policy => {
      const weight = (scoring: LabelScoring): Cel =>
        isOfCluster(policy) ? `variables.${variables.get(keyOf(scoring))?.name}` : labelCel(scoring);
      return policy.labels.map(weight).join(' + ') || '0';
    },
    sharedBy: policy => policy.labels.map(labelCel),
  };
}

const keyOf = ({ key, weights }: LabelScoring): string => JSON.stringify([key, ...weights]);

/**
 * The weight of a label. Labels of Pod and namespace combine by the highest, and a value that is not listed counts as the
 * highest listed one.
 */
function labelCel({ key, weights, highest }: LabelScoring): Cel {
  const listed = [...weights].map(([value, weight]) => [value, String(weight)] as const);
  const weight = lookUp(listed, `l[${text(key)}]`, String(highest));
  return `[variables.labels, variables.namespaceLabels].map(l, ${text(key)} in l ? ${weight} : 0).max()`;
}
