import { builtinProfileTable } from '../profiles/builtin.ts';
import { brokenShipped, readShipped } from '../source/files/shipped.ts';
import { readCluster } from './static.ts';
import type { ClusterView, RuntimeClassFacts } from './view.ts';

let view: ClusterView | undefined;

/**
 * The view that is used when no cluster is given: the well-known RuntimeClasses, and nothing about nodes or namespaces. It is
 * read when first called.
 * @throws Error when the file is missing or broken: the installation is broken
 */
export function builtinView(): ClusterView {
  view ??= load();
  return view;
}

function load(): ClusterView {
  const { view: listed, problems } = readCluster(readShipped('runtimeclasses.yaml'), true);
  if (problems[0]) throw brokenShipped(problems[0]);
  const classes = Object.freeze([...listed.runtimeClasses(), ...handMade(listed)]);
  const byName = new Map(classes.map(one => [one.name, one]));
  return Object.freeze({
    ...listed,
    runtimeClasses: () => classes,
    runtimeClass: (name: string) => byName.get(name),
  });
}

/** People who create a class for a sandbox by hand usually name it after the handler. */
function handMade(listed: ClusterView): readonly RuntimeClassFacts[] {
  const handlers = new Set(listed.runtimeClasses().map(({ handler }) => handler));
  return builtinProfileTable()
    .all.filter(({ isolation }) => isolation !== 'host-kernel')
    .flatMap(profile => profile.handlers)
    .filter(handler => !handlers.has(handler) && listed.runtimeClass(handler) === undefined)
    .map(handler => Object.freeze({ name: handler, handler, nodeSelector: {}, tolerations: [] }));
}
