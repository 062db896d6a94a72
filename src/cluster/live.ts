import type { Connection } from '../kube/connect.ts';
import { MOST_VALUES } from '../kube/resources.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { factsOf, namespaceFacts, nodeFacts, runtimeClassFacts } from './facts.ts';
import type { Backoff } from './live/backoff.ts';
import { namespaceFinder } from './live/find-namespace.ts';
import { Informer, type InformerHooks } from './live/informer.ts';
import { HeldObjects, type Store } from './live/store.ts';
import type { Watched } from './live/watch.ts';
import { NodeIndex } from './node-index.ts';
import type { ClusterView, NodeFacts, RuntimeClassFacts } from './view.ts';

/** A view of a cluster that is kept up while it changes. */
export interface LiveView extends ClusterView {
  /**
   * Does what `namespace` does, and where the view does not know it, asks the API server once and briefly; what that finds,
   * `namespace` answers too for a moment. Never rejects.
   */
  namespaceOrFetch(name: string): Promise<NamespaceFacts | undefined>;
  /** True once RuntimeClasses, Nodes and Namespaces have all been listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

export interface LiveHooks {
  /** @param what such as `the watch of Nodes` */
  readonly failed: (what: string, error: unknown) => void;
  readonly recovered: (what: string) => void;
  /** An object has more than is read of its kind; told once, as long as it is there. @param what such as `Node/a` */
  readonly beyond?: (what: string, why: string) => void;
  readonly backoff?: Backoff;
}

const RUNTIME_CLASSES = { kind: 'RuntimeClass', path: '/apis/node.k8s.io/v1/runtimeclasses' };
const NODES = { kind: 'Node', path: '/api/v1/nodes', mostValues: MOST_VALUES };
const NAMESPACES = { kind: 'Namespace', path: '/api/v1/namespaces', mostValues: MOST_VALUES };

/**
 * Starts to list and watch, and returns at once: the view is empty until it is `ready`.
 * @param classesChanged is called for each RuntimeClass that comes, changes or goes
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
  const namespaces = new HeldObjects<NamespaceFacts>({
    keep: object => factsOf(object, namespaceFacts),
    changed: name => tellNamespace(name, namespaces.get(name)),
  });
  const finder = namespaceFinder(
    connection.api,
    object => factsOf(object, namespaceFacts),
    error => hooks.failed('the look-up of a Namespace', error),
  );
  const namespace = (name: string) => namespaces.get(name) ?? finder.recent(name);
  const inform = (what: Watched, store: Store) =>
    new Informer(connection, what, store, namedHooks(what.kind, hooks));
  const informers = [
    inform(RUNTIME_CLASSES, runtimeClasses),
    inform(NODES, nodeList),
    inform(NAMESPACES, namespaces),
  ];
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
      for (const one of informers) one.stop();
    },
  });
}

/** Tells of each object of a kind once, however often it changes back and forth. */
function beyondOnce(kind: string, hooks: LiveHooks) {
  const told = new Set<string>();
  return (name: string, facts: { readonly beyond?: string } | undefined): void => {
    if (!facts) told.delete(name);
    if (facts?.beyond === undefined || told.has(name)) return;
    told.add(name);
    hooks.beyond?.(`${kind}/${name}`, facts.beyond);
  };
}

/** Hooks of one informer, which say in a log's words what happens to it. */
export const namedHooks = (kind: string, { failed, recovered, backoff }: LiveHooks): InformerHooks => ({
  failed: error => failed(`the watch of ${kind} objects`, error),
  recovered: () => recovered(`the watch of ${kind} objects`),
  ...(backoff && { backoff }),
});
