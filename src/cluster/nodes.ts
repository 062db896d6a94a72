import type { StringMap } from '../pod/kube.ts';
import type { NodeFacts, RuntimeClassFacts } from './view.ts';

/**
 * Nodes by the handler that they have: those whose status lists it (KEP-2857: status.runtimeHandlers) and, of those
 * that list none, the ones that match the nodeSelector of a class with that handler. An empty nodeSelector says
 * nothing about where a handler is, so it matches no node.
 */
export function indexNodes(
  nodes: readonly NodeFacts[],
  classes: readonly RuntimeClassFacts[],
): ReadonlyMap<string, readonly NodeFacts[]> {
  const index = new Map<string, Set<NodeFacts>>();
  const add = (handler: string, node: NodeFacts): void => {
    const found = index.get(handler) ?? new Set();
    index.set(handler, found.add(node));
  };
  for (const node of nodes) {
    if (node.handlers) for (const handler of node.handlers) add(handler.name, node);
    else for (const one of classes) if (selects(one.nodeSelector, node.labels)) add(one.handler, node);
  }
  return new Map([...index].map(([handler, found]) => [handler, Object.freeze([...found])]));
}

function selects(selector: StringMap, labels: StringMap): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
