import type { NamespaceFacts } from '../pod/namespace.ts';
import type { PodView } from '../pod/view.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { LabelSelector } from './selector.ts';

/** A choice in a policy's `sandboxes`: a class by name, or every class of one isolation. */
export type SandboxChoice = { readonly runtimeClass: string } | { readonly isolation: Isolation };

export interface LabelScoring {
  readonly key: string;
  readonly weights: ReadonlyMap<string, number>;
  /** The highest listed weight, which an unknown value counts as. */
  readonly highest: number;
}

/** `error` counts as matched, with a warning: a rule that cannot be evaluated must not loosen anything. */
export type RuleOutcome = 'matched' | 'not-matched' | { readonly error: string };

export interface CompiledRule {
  readonly name: string;
  readonly weight: number;
  readonly message?: string;
  /** Its CEL, as its author wrote it. */
  readonly expression: string;
  /** True where an API server would not compile it, or would answer otherwise. */
  readonly foreign: boolean;
  /** The most that evaluating it could cost on the largest Pods there are, in steps (see `worstCostOf`). */
  readonly worstCost: number;
  /** The paths that its comprehensions walk, such as `object.spec.containers[].ports`, or `?` for what is no field. */
  readonly walked: ReadonlySet<string>;
  /** True where it may take as many steps as the product of the lengths of two lists of the Pod. */
  readonly crosses: boolean;
  /** True where it reads parts of the Namespace that the engine does not know: any but its name and labels. */
  readonly readsUnseen: boolean;
  evaluate(pod: PodView, namespace: NamespaceFacts | undefined): RuleOutcome;
}

/** A ClusterSandboxPolicy or SandboxPolicy with everything compiled; immutable. */
export interface CompiledPolicy {
  readonly name: string;
  /** Set for a SandboxPolicy, which judges only the Pods of this namespace and can only tighten. */
  readonly namespace?: string;
  /** True when it matches by a podSelector, which the Pod's author could evade. */
  readonly selectsPods: boolean;
  /** The selectors that `matches` was made from; an absent one matches everything. */
  readonly selectors: { readonly namespace?: LabelSelector; readonly pod?: LabelSelector };
  /**
   * Whether the policy is for this Pod. An unknown namespace matches every namespaceSelector, as one more policy can only
   * tighten.
   */
  matches(pod: PodView, namespace: NamespaceFacts | undefined): boolean;
  /** The weight of every signal under this policy. */
  readonly weights: ReadonlyMap<SignalId, number>;
  readonly labels: readonly LabelScoring[];
  readonly rules: readonly CompiledRule[];
  /** Ascending by `atLeast`. */
  readonly tiers: readonly { readonly atLeast: number; readonly isolation: Isolation }[];
  readonly minimumIsolation: Isolation;
  readonly sandboxes?: readonly SandboxChoice[];
  readonly acceptDegraded: ReadonlySet<SignalId>;
  readonly whenUnavailable: 'Pend' | 'Reject';
}

/** True of a ClusterSandboxPolicy, false of a SandboxPolicy. */
export const isOfCluster = ({ namespace }: Pick<CompiledPolicy, 'namespace'>): boolean =>
  namespace === undefined;

export interface ExemptionScope {
  readonly namespaces: readonly string[];
  readonly podSelector?: LabelSelector;
  readonly serviceAccounts?: readonly string[];
  readonly images?: readonly string[];
  /** The waived values of findings, by signal. */
  readonly values: ReadonlyMap<SignalId, ReadonlySet<string> | 'all'>;
}

/** A SandboxExemption with everything compiled; immutable. */
export interface CompiledExemption {
  readonly name: string;
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** What `covers` and `waives` were made from. */
  readonly scope: ExemptionScope;
  /** True when the exemption is for this Pod at all (namespace, podSelector, service account). The caller checks its expiry. */
  covers(pod: PodView): boolean;
  /** True when it waives this finding of a Pod that it covers (signal, values, images). */
  waives(finding: Finding, pod: PodView): boolean;
}

/** Everything that was loaded. It is swapped as a whole, so a decision sees exactly one. */
export interface Snapshot {
  /** The policies of the cluster first, by name; then those of namespaces, by namespace and name. */
  readonly policies: readonly CompiledPolicy[];
  /** The exemptions, sorted by name. */
  readonly exemptions: readonly CompiledExemption[];
  readonly profiles: ProfileTable;
  /**
   * The built-in `balanced`, even when the installation leaves it out of `policies`: it is in force wherever no cluster policy
   * without a podSelector matches, so that neither a deleted policy nor a removed Pod label opens a door.
   */
  readonly fallback: CompiledPolicy;
  /** A short hash of the sources, for logs and annotations. */
  readonly version: string;
}
