import type { NodeFacts, RuntimeClassFacts } from '../../../src/cluster/view.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { ClusterSandboxPolicy, SandboxExemption, SandboxPolicy } from '../../../src/policy/types.gen.ts';
import type { Isolation } from '../../../src/profiles/isolation.ts';
import type { ProfileTable } from '../../../src/profiles/profile.ts';
import { SIGNALS } from '../../../src/signals/index.ts';
import type { Category, Signal, SignalId } from '../../../src/signals/signal.ts';

export type RawPolicy = ClusterSandboxPolicy | SandboxPolicy;

/**
 * What the oracle decides from: objects as their authors wrote them, and a cluster as lists. The only things that the engine
 * itself made are what handlers are (`profiles`) and the facts that it read of classes and nodes.
 */
export interface World {
  readonly policies: readonly RawPolicy[];
  /** The policy that is in force where no cluster policy without a podSelector matches. */
  readonly balanced: ClusterSandboxPolicy;
  readonly exemptions: readonly SandboxExemption[];
  readonly profiles: ProfileTable;
  readonly classes: readonly RuntimeClassFacts[];
  /** The value is undefined where nothing is known of nodes. */
  readonly nodes: readonly NodeFacts[] | undefined;
  /** Set where no cluster was given: these classes alone are offered by default. */
  readonly offered: readonly string[] | undefined;
  /** The CEL expressions of the policies in plain code; the answer `error` stands for one that fails. */
  readonly rules: Readonly<Record<string, PlainRule>>;
}

export type PlainRule = (pod: PodView, namespaceIsKnown: boolean) => boolean | 'error';

/** The words of the isolations, weakest first (docs/decision.md, "Inspect"). */
const ORDER: readonly Isolation[] = ['host-kernel', 'app-kernel', 'vm', 'confidential-vm'];

export const isWord = (word: string): word is Isolation => (ORDER as readonly string[]).includes(word);
export const strength = (isolation: Isolation): number => ORDER.indexOf(isolation);
export const highestOf = (isolations: readonly Isolation[]): Isolation =>
  ORDER.findLast(isolation => isolations.includes(isolation)) ?? 'host-kernel';

export const signalOf = (id: SignalId): Signal => SIGNALS.find(signal => signal.id === id) as Signal;

/** Only these two categories weigh and set floors; the others never move a Pod from where it runs. */
export const isRisky = (category: Category): boolean => category === 'exposure' || category === 'breakout';

export const isNamespaced = (policy: RawPolicy): policy is SandboxPolicy => policy.kind === 'SandboxPolicy';

/** A namespaced policy is identified by its namespace, too. */
export const idOf = (policy: RawPolicy): string =>
  isNamespaced(policy) ? `${policy.metadata.namespace}/${policy.metadata.name}` : policy.metadata.name;

/** The order of strings in which everything is sorted that is sorted by name. */
export const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
