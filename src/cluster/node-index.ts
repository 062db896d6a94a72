import type { StringMap } from '../pod/kube.ts';
import { hasLabels } from './labels.ts';
import { Groups } from './node-groups.ts';
import { type NodeBits, NumberSet } from './node-set.ts';
import { Tainted } from './node-taints.ts';
import type { HandlerFacts, NodeFacts, NodeFeature, Nodes, RuntimeClassFacts } from './view.ts';

/**
 * The nodes of a cluster by what Pods ask of them. Changing a node costs as much as it has labels, so nothing is left to be
 * built while a request waits.
 */
export class NodeIndex implements Nodes {
  readonly ready = new NumberSet();
  readonly labels = new Groups();
  readonly fields = new Groups();
  readonly tainted = { NoSchedule: new Tainted('NoSchedule'), NoExecute: new Tainted('NoExecute') };
  readonly #handlers = new Map<string, HandlerSets>();
  readonly #held = new Map<string, { readonly number: number; readonly facts: NodeFacts }>();
  readonly #free: number[] = [];
  #numbers = 0;
  #classes: readonly RuntimeClassFacts[];

  constructor(nodes: Iterable<NodeFacts> = [], classes: readonly RuntimeClassFacts[] = []) {
    this.#classes = classes;
    for (const node of nodes) this.put(node);
  }

  /** Adds a node, or replaces its facts. */
  put(facts: NodeFacts): void {
    this.remove(facts.name);
    const number = this.#free.pop() ?? this.#numbers++;
    this.#held.set(facts.name, { number, facts });
    if (facts.ready) this.ready.add(number);
    this.fields.add(number, 'metadata.name', facts.name);
    for (const [key, value] of Object.entries(facts.labels)) this.labels.add(number, key, value);
    for (const tainted of Object.values(this.tainted)) tainted.add(number, facts);
    for (const handler of this.#handlersOf(facts)) this.#addHandler(number, handler);
  }

  remove(name: string): void {
    const held = this.#held.get(name);
    if (!held) return;
    const { number, facts } = held;
    this.#held.delete(name);
    this.#free.push(number);
    this.ready.delete(number);
    this.fields.delete(number, 'metadata.name', name);
    for (const [key, value] of Object.entries(facts.labels)) this.labels.delete(number, key, value);
    for (const tainted of Object.values(this.tainted)) tainted.delete(number, facts);
    for (const handler of this.#handlersOf(facts)) this.#deleteHandler(number, handler.name);
  }

  /** Sets the classes, which give the handlers of nodes that list none. */
  setClasses(classes: readonly RuntimeClassFacts[]): void {
    const silent = [...this.#held.values()].map(({ facts }) => facts).filter(facts => !facts.handlers);
    for (const { name } of silent) this.remove(name);
    this.#classes = classes;
    for (const facts of silent) this.put(facts);
  }

  none(): NodeBits {
    return new Uint32Array(Math.ceil(this.#numbers / 32));
  }

  handler(name: string): HandlerSets | undefined {
    return this.#handlers.get(name);
  }

  having(handler: string): readonly NodeFacts[] {
    const all = this.#handlers.get(handler)?.all;
    const found = [...this.#held.values()].filter(({ number }) => all?.has(number));
    return Object.freeze(found.map(({ facts }) => facts));
  }

  /**
   * The handlers that a node's status lists (KEP-3857: status.runtimeHandlers), or, where it lists none, those of the classes
   * whose nodeSelector matches it. An empty nodeSelector says nothing about where a handler is, so it matches no node.
   */
  #handlersOf({ handlers, labels }: NodeFacts): readonly Handler[] {
    if (handlers) return handlers;
    return this.#classes
      .filter(one => selects(one.nodeSelector, labels))
      .map(({ handler }) => ({ name: handler }));
  }

  /** A status may list a handler several times; a feature that it reports once is reported. */
  #addHandler(number: number, handler: Handler): void {
    const sets = this.#handlers.get(handler.name) ?? newSets();
    this.#handlers.set(handler.name, sets);
    sets.all.add(number);
    if (!isListed(handler)) return;
    sets.listed.add(number);
    for (const feature of FEATURES) if (handler[feature]) sets.offering[feature].add(number);
  }

  #deleteHandler(number: number, name: string): void {
    const sets = this.#handlers.get(name);
    if (!sets) return;
    for (const set of [sets.all, sets.listed, ...Object.values(sets.offering)]) set.delete(number);
    // It is removed, as kubelets may report any number of names.
    if (sets.all.size === 0) this.#handlers.delete(name);
  }
}

/** A handler as a status lists it or a class names it. */
type Handler = HandlerFacts | { readonly name: string };

const isListed = (handler: Handler): handler is HandlerFacts => 'userNamespaces' in handler;

const FEATURES: readonly NodeFeature[] = ['userNamespaces', 'recursiveReadOnlyMounts'];

interface HandlerSets {
  readonly all: NumberSet;
  readonly listed: NumberSet;
  readonly offering: Readonly<Record<NodeFeature, NumberSet>>;
}

const newSets = (): HandlerSets => ({
  all: new NumberSet(),
  listed: new NumberSet(),
  offering: { userNamespaces: new NumberSet(), recursiveReadOnlyMounts: new NumberSet() },
});

const selects = (selector: StringMap, labels: StringMap): boolean =>
  Object.keys(selector).length > 0 && hasLabels(labels, selector);
