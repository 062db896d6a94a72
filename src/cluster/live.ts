import type { Connection } from '../kube/connect.ts';
import { factsOf, namespaceFacts, nodeFacts, runtimeClassFacts } from './facts.ts';
import type { Fields } from './fields.ts';
import type { Backoff } from './live/backoff.ts';
import { namespaceFinder } from './live/find-namespace.ts';
import { Informer, type InformerHooks, type Watched } from './live/informer.ts';
import { NodeIndex } from './node-index.ts';
import type { ClusterView, NamespaceFacts, RuntimeClassFacts } from './view.ts';

/** A view of a cluster that is kept up while it changes. */
export interface LiveView extends ClusterView {
  /**
   * As `namespace`, and where the view does not know it, one short call to the API server; what that finds, `namespace`
   * answers too for a moment. Never rejects.
   */
  namespaceOrFetch(name: string): Promise<NamespaceFacts | undefined>;
  /** True once RuntimeClasses, Nodes and Namespaces have all been listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer<unknown>, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

export interface LiveHooks {
  /** @param what such as `the watch of Nodes` */
  readonly failed: (what: string, error: unknown) => void;
  readonly recovered: (what: string) => void;
  readonly backoff?: Backoff;
}

const RUNTIME_CLASSES = watched('RuntimeClass', '/apis/node.k8s.io/v1/runtimeclasses', runtimeClassFacts);
const NODES = watched('Node', '/api/v1/nodes', nodeFacts);
const NAMESPACES = watched('Namespace', '/api/v1/namespaces', namespaceFacts);

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
  const inform = <T>(what: Watched<T>, changed: InformerHooks['changed']) =>
    new Informer(connection, what, namedHooks(what.kind, hooks, changed));
  const runtimeClasses = inform(RUNTIME_CLASSES, () => {
    classes = Object.freeze(runtimeClasses.all());
    nodes.setClasses(classes);
    classesChanged();
  });
  const nodeList = inform(NODES, name => {
    const facts = nodeList.get(name);
    if (facts) nodes.put(facts);
    else nodes.remove(name);
  });
  const namespaces = inform(NAMESPACES, () => undefined);
  const finder = namespaceFinder(connection.api, NAMESPACES.keep, error =>
    hooks.failed('the look-up of a Namespace', error),
  );
  const namespace = (name: string) => namespaces.get(name) ?? finder.recent(name);
  const informers = [runtimeClasses, nodeList, namespaces];
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

function watched<T>(kind: string, path: string, read: (fields: Fields) => T | undefined): Watched<T> {
  return { kind, path, keep: object => factsOf(object, read) };
}

/** Hooks of one informer, which say in a log's words what happens to it. */
export const namedHooks = (
  kind: string,
  { failed, recovered, backoff }: LiveHooks,
  changed: InformerHooks['changed'],
): InformerHooks => ({
  changed,
  failed: error => failed(`the watch of ${kind} objects`, error),
  recovered: () => recovered(`the watch of ${kind} objects`),
  ...(backoff && { backoff }),
});
