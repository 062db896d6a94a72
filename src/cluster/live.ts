import type { Connection } from '../kube/connect.ts';
import { MOST_VALUES } from '../kube/resources.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { factsOf, namespaceFacts, nodeFacts, runtimeClassFacts } from './facts.ts';
import type { Backoff } from './live/backoff.ts';
import { namespaceFinder } from './live/find-namespace.ts';
import { Informer, type InformerHooks } from './live/informer.ts';
import { HeldObjects, type Store } from './live/store.ts';
import type { Watched } from './live/watch.ts';
import { NamespaceRoom } from './namespace-room.ts';
import { NodeIndex } from './node-index.ts';
import type { ClusterView, NodeFacts, RuntimeClassFacts } from './view.ts';

/** A view of a cluster that follows its changes. */
export interface LiveView extends ClusterView {
  /**
   * Does what `namespace` does, and asks the API server once, with a short timeout, where the view does not know the namespace;
   * `namespace` then knows the answer, too, for a moment. Never rejects.
   */
  namespaceOrFetch(name: string): Promise<NamespaceFacts | undefined>;
  /** True once RuntimeClasses, Nodes and Namespaces have all been listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

export interface LiveHooks {
  /** @param what a phrase such as `the watch of Nodes` */
  readonly failed: (what: string, error: unknown) => void;
  readonly recovered: (what: string) => void;
  /**
   * Called for an object that exceeds the bounds of its kind, once as long as it exists.
   * @param what a phrase such as `Node/a`
   */
  readonly beyond?: (what: string, why: string) => void;
  readonly backoff?: Backoff;
  /** How long after there is room again namespaces are listed anew, in milliseconds. */
  readonly refillMs?: number;
}

const RUNTIME_CLASSES = { kind: 'RuntimeClass', path: '/apis/node.k8s.io/v1/runtimeclasses' };
const NODES = { kind: 'Node', path: '/api/v1/nodes', mostValues: MOST_VALUES };
/** The listing waits this long, so that whoever makes and takes room again and again causes little work. */
const REFILL_MS = 10_000;
const NAMESPACES = { kind: 'Namespace', path: '/api/v1/namespaces', mostValues: MOST_VALUES };

/**
 * Starts to list and watch, and returns at once: the view is empty until it is `ready`.
 * @param classesChanged called for each RuntimeClass that is added, changed or removed
 */
export function startLiveView(
  connection: Connection,
  hooks: LiveHooks,
  classesChanged: () => void = () => undefined,
): LiveView {
  let classes: readonly RuntimeClassFacts[] = Object.freeze([]);
  const nodes = new NodeIndex();
  const runtimeClasses = new HeldObjects<RuntimeClassFacts>({
    keep: object => factsOf(object, runtimeClassFacts),
    changed: () => {
      classes = Object.freeze(runtimeClasses.all());
      nodes.setClasses(classes);
      classesChanged();
    },
  });
  const tellNode = beyondOnce('Node', hooks);
  const nodeList = new HeldObjects<NodeFacts>({
    keep: object => factsOf(object, nodeFacts),
    changed: name => {
      const facts = nodeList.get(name);
      if (facts) nodes.put(facts);
      else nodes.remove(name);
      tellNode(name, facts);
    },
  });
  const tellNamespace = beyondOnce('Namespace', hooks);
  const room = new NamespaceRoom();
  let refilling: NodeJS.Timeout | undefined;
  const namespaces = new HeldObjects<NamespaceFacts>({
    keep: object => {
      const facts = factsOf(object, namespaceFacts);
      return facts && room.fit(facts);
    },
    changed: name => {
      const facts = namespaces.get(name);
      if (!facts) room.leave(name);
      tellNamespace(name, facts);
      if (room.lacks) refilling ??= setTimeout(refill, hooks.refillMs ?? REFILL_MS).unref();
    },
  });
  const refill = (): void => {
    refilling = undefined;
    ofNamespaces.listAnew();
  };
  const finder = namespaceFinder(
    connection.api,
    object => factsOf(object, namespaceFacts),
    error => hooks.failed('the look-up of a Namespace', error),
  );
  const namespace = (name: string) => namespaces.get(name) ?? finder.recent(name);
  const inform = (what: Watched, store: Store) =>
    new Informer(connection, what, store, namedHooks(what.kind, hooks));
  const ofNamespaces = inform(NAMESPACES, namespaces);
  const informers = [inform(RUNTIME_CLASSES, runtimeClasses), inform(NODES, nodeList), ofNamespaces];
  for (const one of informers) one.start();
  return Object.freeze({
    builtin: false,
    runtimeClasses: () => classes,
    runtimeClass: (name: string) => runtimeClasses.get(name),
    nodes: () => nodes,
    namespace,
    namespaceOrFetch: async (name: string) => namespace(name) ?? finder.find(name),
    ready: () => informers.every(one => one.synced),
    informers,
    stop: () => {
      clearTimeout(refilling);
      for (const one of informers) one.stop();
    },
  });
}

/** Reports each object of a kind once, however often it changes back and forth. */
function beyondOnce(kind: string, hooks: LiveHooks) {
  const told = new Set<string>();
  return (name: string, facts: { readonly beyond?: string } | undefined): void => {
    if (!facts) told.delete(name);
    if (facts?.beyond === undefined || told.has(name)) return;
    told.add(name);
    hooks.beyond?.(`${kind}/${name}`, facts.beyond);
  };
}

/** The hooks of one informer, which report in a log's words what happens to it. */
export const namedHooks = (kind: string, { failed, recovered, backoff }: LiveHooks): InformerHooks => ({
  failed: error => failed(`the watch of ${kind} objects`, error),
  recovered: () => recovered(`the watch of ${kind} objects`),
  ...(backoff && { backoff }),
});
