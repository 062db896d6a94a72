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

/** The parts of a RuntimeClass that are used. */
export interface RuntimeClassFacts {
  readonly name: string;
  readonly handler: string;
  /** `overhead.podFixed`, from resource names to quantities. */
  readonly overhead?: StringMap;
  /** `scheduling.nodeSelector`. */
  readonly nodeSelector: StringMap;
  /** `scheduling.tolerations`. */
  readonly tolerations: readonly Toleration[];
}

/** What a node can do for the Pods of one handler (KEP-127, KEP-3857). */
export type NodeFeature = 'userNamespaces' | 'recursiveReadOnlyMounts';

export type HandlerFacts = { readonly name: string } & Readonly<Record<NodeFeature, boolean>>;

/** The parts of a Node that are used. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: StringMap;
  readonly taints: readonly Taint[];
  /** Whether its condition Ready is True. */
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** `status.runtimeHandlers`; undefined where the node reports none (older kubelets). */
  readonly handlers: readonly HandlerFacts[] | undefined;
  /** Set where a node exceeds the bounds: why everything else is empty. */
  readonly beyond?: string;
}

/** Nodes with one key, such as that of a label. */
export interface NodeGroup {
  readonly all: NodeSet;
  readonly values: ReadonlyMap<string, NodeSet>;
  readonly numbers: {
    /** Adds the nodes whose value is a whole number above the bound (1) or below it (-1). */
    addBeyond(bits: NodeBits, bound: number, direction: 1 | -1): void;
  };
}

export interface NodeGroups {
  get(key: string): NodeGroup | undefined;
}

/** The effects of taints that keep Pods away. */
export type RepellingEffect = 'NoSchedule' | 'NoExecute';

/** The nodes that have taints of one effect. */
export interface TaintedNodes {
  readonly byKey: NodeGroups;
  /** The nodes that have more than `i` of these taints, at index `i`. */
  readonly having: readonly NodeSet[];
}

/** The nodes of one handler. */
export interface HandlerNodes {
  readonly all: NodeSet;
  /** The nodes whose status lists it. */
  readonly listed: NodeSet;
  /** The nodes whose status says that Pods of the handler may use the feature. */
  readonly offering: Readonly<Record<NodeFeature, NodeSet>>;
}

/** The nodes of a cluster as sets, by what Pods ask of them, so that no question has to look at each node. */
export interface Nodes {
  /** A set to start from, without any node. */
  none(): NodeBits;
  readonly ready: NodeSet;
  /**
   * The nodes of a handler: those whose status lists it, and, where a node lists none, those that match the (non-empty)
   * nodeSelector of a class with this handler.
   */
  handler(name: string): HandlerNodes | undefined;
  readonly labels: NodeGroups;
  /** `metadata.name`, which is the only field by which Pods select nodes. */
  readonly fields: NodeGroups;
  /** A cordoned node counts as tainted, even before the node controller has added the taint. */
  readonly tainted: Readonly<Record<RepellingEffect, TaintedNodes>>;
  /** The facts of each node that has the handler. */
  having(handler: string): readonly NodeFacts[];
}

/** What a decision may know of the cluster. Reading it never waits, as implementations answer from memory. */
export interface ClusterView {
  /** True for the view that is used when no cluster was given: well-known classes, no nodes. */
  readonly builtin: boolean;
  runtimeClasses(): readonly RuntimeClassFacts[];
  runtimeClass(name: string): RuntimeClassFacts | undefined;
  /** The nodes; undefined when nothing is known of any. */
  nodes(): Nodes | undefined;
  /** The facts of a namespace; undefined when it is not known, and the decision then fails closed. */
  namespace(name: string): NamespaceFacts | undefined;
  /** Set where a Docker daemon takes the place of a cluster. */
  readonly docker?: DockerFacts;
}

/** What is known of a Docker daemon besides its runtimes. */
export interface DockerFacts {
  /** Whether no daemon.json was given, so that the well-known runtimes were assumed to exist. */
  readonly isAssumed: boolean;
  /** The runtime of a service that names none; undefined for runc. */
  readonly defaultRuntime?: string;
  /** The handler of a RuntimeClass in the cluster that policies are written for; left out where nothing is known of one. */
  readonly handlerOfClass?: (name: string) => string | undefined;
}

/** The only candidates where no cluster is given, as a cluster is most likely to have them. */
export const BUILTIN_CANDIDATES: readonly string[] = ['gvisor', 'kata-qemu'];
