import type { NamespaceFacts } from '../pod/namespace.ts';
import type { PodView } from '../pod/view.ts';
import { rank } from '../profiles/isolation.ts';
import type { Flaw } from '../source/flaw.ts';
import { namespacedLimitFlaws } from './limits.ts';
import type { CompiledPolicy } from './policy.ts';
import { compileRules } from './rules.ts';
import { DEFAULT_TIERS } from './schema/scoring.ts';
import { labelsOf, scoringFlaws, unknownSignal, weightsOf } from './scoring.ts';
import { compileSelector, selectorFlaws, selects } from './selector.ts';
import type { ClusterSandboxPolicy, SandboxPolicy } from './types.gen.ts';

type Tiers = CompiledPolicy['tiers'];

export interface CompiledWithFlaws {
  readonly policy: CompiledPolicy;
  readonly flaws: readonly Flaw[];
}

/** @param document a policy that fits its schema */
export function compileClusterPolicy(document: ClusterSandboxPolicy): CompiledWithFlaws {
  const { match, acceptDegraded = [], whenUnavailable = 'Pend' } = document.spec;
  const namespaceMatches = compileSelector(match?.namespaceSelector);
  const podMatches = compileSelector(match?.podSelector);
  const { common, flaws } = compileCommon(document);
  const policy: CompiledPolicy = Object.freeze({
    ...common,
    selectors: {
      ...(match?.namespaceSelector && { namespace: match.namespaceSelector }),
      ...(match?.podSelector && { pod: match.podSelector }),
    },
    matches: (pod: PodView, namespace: NamespaceFacts | undefined) =>
      // Fails closed: a namespace that could not be looked up may be a selected one (GHSA-jrr2-x33p-6hvc).
      (!namespace || namespaceMatches(namespace.labels)) && podMatches(pod.labels),
    acceptDegraded: new Set(acceptDegraded),
    whenUnavailable,
  });
  return {
    policy,
    flaws: [
      ...flaws,
      ...selectorFlaws(match?.namespaceSelector, ['spec', 'match', 'namespaceSelector']),
      ...acceptDegraded.flatMap((id, i) => unknownSignal(id, ['spec', 'acceptDegraded', i])),
    ],
  };
}

/** @param document a policy that fits its schema */
export function compileNamespacedPolicy(document: SandboxPolicy): CompiledWithFlaws {
  const { namespace } = document.metadata;
  const podMatches = compileSelector(document.spec.match?.podSelector);
  const { common, flaws } = compileCommon(document);
  const policy: CompiledPolicy = Object.freeze({
    ...common,
    namespace,
    selectors: document.spec.match?.podSelector ? { pod: document.spec.match.podSelector } : {},
    // This is the request's namespace, not the one that the object claims.
    matches: (pod: PodView) => pod.namespace === namespace && podMatches(pod.labels),
    acceptDegraded: new Set<string>(),
    whenUnavailable: 'Pend',
  });
  const path = ['spec', 'match', 'podSelector'];
  return { policy, flaws: [...flaws, ...namespacedLimitFlaws(document.spec.match?.podSelector, path)] };
}

function compileCommon({ metadata, spec }: ClusterSandboxPolicy | SandboxPolicy) {
  const { scoring, tiers = DEFAULT_TIERS, minimumIsolation = 'host-kernel', sandboxes } = spec;
  const { rules, flaws } = compileRules(scoring);
  const common = {
    name: metadata.name,
    selectsPods: selects(spec.match?.podSelector),
    weights: weightsOf(scoring),
    labels: labelsOf(scoring),
    rules,
    tiers,
    minimumIsolation,
    ...(sandboxes && { sandboxes: sandboxes as NonNullable<CompiledPolicy['sandboxes']> }),
  };
  return {
    common,
    flaws: [
      ...flaws,
      ...scoringFlaws(scoring),
      ...tierFlaws(tiers),
      ...selectorFlaws(spec.match?.podSelector, ['spec', 'match', 'podSelector']),
    ],
  };
}

function tierFlaws(tiers: Tiers): readonly Flaw[] {
  return tiers.flatMap((tier, i): readonly Flaw[] => {
    const below = tiers[i - 1];
    const path = ['spec', 'tiers', i];
    if (!below) return [];
    if (tier.atLeast <= below.atLeast) {
      const message = `${tier.atLeast} follows ${below.atLeast}: tiers ascend`;
      return [{ path: [...path, 'atLeast'], message, fix: 'Order the tiers by atLeast, each once.' }];
    }
    if (rank(tier.isolation) >= rank(below.isolation)) return [];
    const message = `${tier.isolation} follows ${below.isolation}: a higher score would get less isolation`;
    return [{ path: [...path, 'isolation'], message, fix: `Ask for ${below.isolation} or more.` }];
  });
}
