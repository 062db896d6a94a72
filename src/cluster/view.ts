import type { StringMap } from '../pod/kube.ts';

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** What is used of a RuntimeClass. */
export interface RuntimeClassFacts {
  readonly name: string;
  readonly handler: string;
  /** `overhead.podFixed`: resource name to quantity. */
  readonly overhead?: StringMap;
  /** `scheduling.nodeSelector`. */
  readonly nodeSelector: StringMap;
  /** `scheduling.tolerations`. */
  readonly tolerations: readonly Toleration[];
}

export interface HandlerFacts {
  readonly name: string;
  readonly userNamespaces: boolean;
  readonly recursiveReadOnlyMounts: boolean;
}

/** What is used of a Node. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: StringMap;
  readonly taints: readonly Taint[];
  /** Condition Ready is True. */
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** `status.runtimeHandlers`; undefined where the node reports none (older kubelets). */
  readonly handlers: readonly HandlerFacts[] | undefined;
}

export interface NamespaceFacts {
  readonly name: string;
  readonly labels: StringMap;
}

/**
 * What a decision may know of the cluster. Reading it never waits: implementations answer from memory.
 */
export interface ClusterView {
  /** True for the view that is used when no cluster was given: well-known classes, no nodes. */
  readonly builtin: boolean;
  runtimeClasses(): readonly RuntimeClassFacts[];
  runtimeClass(name: string): RuntimeClassFacts | undefined;
  /**
   * Nodes that have the handler: those whose status lists it and, where a node lists none, those that match the
   * (non-empty) nodeSelector of a class with this handler. Undefined when the view knows no nodes at all.
   */
  nodesFor(handler: string): readonly NodeFacts[] | undefined;
  /** Undefined when the namespace is not known; the decision then fails closed. */
  namespace(name: string): NamespaceFacts | undefined;
}

/** With no cluster given, these alone are offered: what a cluster is most likely to have. */
export const BUILTIN_CANDIDATES: readonly string[] = ['gvisor', 'kata-qemu'];
