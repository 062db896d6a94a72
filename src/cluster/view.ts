import type { StringMap } from '../pod/kube.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import type { NodeBits, NodeSet } from './node-set.ts';

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

/** What a node can do for the Pods of one handler (KEP-127, KEP-3857). */
export type NodeFeature = 'userNamespaces' | 'recursiveReadOnlyMounts';

export type HandlerFacts = { readonly name: string } & Readonly<Record<NodeFeature, boolean>>;

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
  /** Set where it has more than is read of a node: why all else is empty. */
  readonly beyond?: string;
}

/** Nodes that have a key, such as a label's. */
export interface NodeGroup {
  readonly all: NodeSet;
  readonly values: ReadonlyMap<string, NodeSet>;
  readonly numbers: {
    /** Adds those whose value is a whole number above the bound (1) or below it (-1). */
    addBeyond(bits: NodeBits, bound: number, direction: 1 | -1): void;
  };
}

export interface NodeGroups {
  get(key: string): NodeGroup | undefined;
}

/** Effects of taints that keep Pods away. */
export type RepellingEffect = 'NoSchedule' | 'NoExecute';

/** The nodes that have taints of one effect. */
export interface TaintedNodes {
  readonly byKey: NodeGroups;
  /** Holds at index `i` the nodes that have more than `i` of these taints. */
  readonly having: readonly NodeSet[];
}

/** Nodes that have a handler. */
export interface HandlerNodes {
  readonly all: NodeSet;
  /** The nodes whose status lists it. */
  readonly listed: NodeSet;
  /** The nodes whose status says that Pods of the handler may use the feature. */
  readonly offering: Readonly<Record<NodeFeature, NodeSet>>;
}

/** The nodes of a cluster as sets, by what Pods ask of them, so that no question looks at them one by one. */
export interface Nodes {
  /** An answer to start from: no node at all. */
  none(): NodeBits;
  readonly ready: NodeSet;
  /**
   * Nodes that have the handler: those whose status lists it and, where a node lists none, those that match the
   * (non-empty) nodeSelector of a class with this handler.
   */
  handler(name: string): HandlerNodes | undefined;
  readonly labels: NodeGroups;
  /** `metadata.name` is the one field that Pods select nodes by. */
  readonly fields: NodeGroups;
  /** A cordoned node counts as tainted, also before the node controller has added the taint. */
  readonly tainted: Readonly<Record<RepellingEffect, TaintedNodes>>;
  /** The nodes that have the handler, one by one. */
  having(handler: string): readonly NodeFacts[];
}

/**
 * What a decision may know of the cluster. Reading it never waits: implementations answer from memory.
 */
export interface ClusterView {
  /** True for the view that is used when no cluster was given: well-known classes, no nodes. */
  readonly builtin: boolean;
  runtimeClasses(): readonly RuntimeClassFacts[];
  runtimeClass(name: string): RuntimeClassFacts | undefined;
  /** Undefined when the view knows no nodes at all. */
  nodes(): Nodes | undefined;
  /** Undefined when the namespace is not known; the decision then fails closed. */
  namespace(name: string): NamespaceFacts | undefined;
  /** Set where a Docker daemon stands in for a cluster. */
  readonly docker?: DockerFacts;
}

/** What is known of a Docker daemon besides its runtimes. */
export interface DockerFacts {
  /** No daemon.json was given: the well-known runtimes were assumed to exist. */
  readonly isAssumed: boolean;
  /** What a service that names no runtime runs in; undefined for runc. */
  readonly defaultRuntime?: string;
  /** The handler of a RuntimeClass of the cluster that policies are written for; left out where nothing is known of one. */
  readonly handlerOfClass?: (name: string) => string | undefined;
}

/** Where no cluster is given, these alone are offered: what a cluster is most likely to have. */
export const BUILTIN_CANDIDATES: readonly string[] = ['gvisor', 'kata-qemu'];
