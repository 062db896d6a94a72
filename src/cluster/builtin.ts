import { brokenShipped, readShipped } from '../source/shipped.ts';
import { readCluster } from './static.ts';
import type { ClusterView } from './view.ts';

let view: ClusterView | undefined;

/**
 * The view that stands in when no cluster was given: the RuntimeClasses that are well known, and nothing about nodes
 * or namespaces. Read when first called.
 * @throws Error when the file is missing or broken: the installation is broken
 */
export function builtinView(): ClusterView {
  view ??= load();
  return view;
}

function load(): ClusterView {
  const cluster = readCluster(readShipped('runtimeclasses.yaml'), true);
  if (cluster.problems[0]) throw brokenShipped(cluster.problems[0]);
  return cluster.view;
}
