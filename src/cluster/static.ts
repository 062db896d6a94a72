import type { NamespaceFacts } from '../pod/namespace.ts';
import type { Position, Problem, SourceDocument } from '../source/document.ts';
import { splitList } from '../source/list.ts';
import { namespaceFacts, nodeFacts, runtimeClassFacts } from './facts.ts';
import { type Fields, read } from './fields.ts';
import { NodeIndex } from './node-index.ts';
import type { ClusterView, NodeFacts, RuntimeClassFacts } from './view.ts';

/** Objects of one kind, by name. */
type Named<T> = Map<string, T>;

interface Kinds {
  readonly RuntimeClass: Named<RuntimeClassFacts>;
  readonly Node: Named<NodeFacts>;
  readonly Namespace: Named<NamespaceFacts>;
}

/** The objects of a kind that is not used. */
interface Others {
  readonly first: Position;
  readonly count: number;
}

/**
 * A view of the RuntimeClasses, Nodes and Namespaces in these documents (single, or in Lists), as `kubectl get -o yaml` prints
 * them; it keeps the fields that decisions use. An object of the wrong shape is left out, with its problems.
 *
 * Documents without a Node say nothing about nodes: `nodes` answers undefined. Documents without a Namespace say nothing about
 * namespaces: each one is assumed to exist, with the one label that the API server gives to all of them. Where some are listed,
 * any other is unknown, and decisions fail closed.
 * @param builtin true for the view of well-known classes that is used when no cluster is given
 */
export function readCluster(
  documents: readonly SourceDocument[],
  builtin = false,
): {
  readonly view: ClusterView;
  readonly problems: readonly Problem[];
  /** The kinds with at least one object, sound or not. */
  readonly kinds: ReadonlySet<string>;
} {
  const problems: Problem[] = [];
  const kinds: Kinds = { RuntimeClass: new Map(), Node: new Map(), Namespace: new Map() };
  const others = new Map<string, Others>();
  const seen = new Set<string>();
  for (const document of documents.flatMap(splitList)) {
    const kind = kindOf(document);
    seen.add(kind);
    if (addTo(kinds, kind, document, problems)) continue;
    const { first, count } = others.get(kind) ?? { first: document.position, count: 0 };
    others.set(kind, { first, count: count + 1 });
  }
  problems.push(...[...others].map(([kind, found]) => passedOver(kind, found)));
  return { view: viewOf(builtin, kinds, seen), problems, kinds: seen };
}

function kindOf(document: SourceDocument): string {
  const kind = read(document, ['kind']);
  return typeof kind === 'string' ? kind : '';
}

/**
 * Adds an object.
 * @returns false where objects of this kind are not used
 */
function addTo(kinds: Kinds, kind: string, document: SourceDocument, problems: Problem[]): boolean {
  const name = read(document, ['metadata', 'name']);
  const fields = { document, object: typeof name === 'string' ? `${kind}/${name}` : kind, problems };
  switch (kind) {
    case 'RuntimeClass':
      add(kinds.RuntimeClass, fields, runtimeClassFacts(fields));
      return true;
    case 'Node':
      add(kinds.Node, fields, nodeFacts(fields));
      return true;
    case 'Namespace':
      add(kinds.Namespace, fields, namespaceFacts(fields));
      return true;
    default:
      return false;
  }
}

function add<T extends { readonly name: string }>(
  into: Named<T>,
  fields: Fields,
  facts: T | undefined,
): void {
  if (!facts) return;
  if (!into.has(facts.name)) {
    into.set(facts.name, facts);
    return;
  }
  fields.problems.push({
    severity: 'error',
    position: fields.document.positionOf(['metadata', 'name']),
    object: fields.object,
    path: 'metadata.name',
    message: 'found a second object of this name, expected each once',
    fix: 'Remove one of the two.',
  });
}

/** One warning for each kind, as a file of a whole cluster holds thousands of objects that are not used here. */
function passedOver(kind: string, { first, count }: Others): Problem {
  const what = kind === '' ? 'without a kind' : `of kind ${kind}`;
  return {
    severity: 'warning',
    position: first,
    path: 'kind',
    message: `passed over ${count} ${count === 1 ? 'object' : 'objects'} ${what}`,
    fix: 'Give RuntimeClasses, Nodes and Namespaces.',
  };
}

function viewOf(builtin: boolean, kinds: Kinds, seen: ReadonlySet<string>): ClusterView {
  const classes = Object.freeze([...kinds.RuntimeClass.values()]);
  const nodes = seen.has('Node') ? new NodeIndex(kinds.Node.values(), classes) : undefined;
  const namespaces = seen.has('Namespace') ? kinds.Namespace : undefined;
  return Object.freeze({
    builtin,
    runtimeClasses: () => classes,
    runtimeClass: (name: string) => kinds.RuntimeClass.get(name),
    nodes: () => nodes,
    namespace: (name: string) => (namespaces ? namespaces.get(name) : bareNamespace(name)),
  });
}

/** A namespace with the label that the API server gives to every one, its name (KEP-2161). */
const bareNamespace = (name: string): NamespaceFacts =>
  Object.freeze({ name, labels: Object.freeze({ 'kubernetes.io/metadata.name': name }), assumed: true });
