import { readCluster } from '../../src/cluster/static.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { documentOf } from './documents.ts';

/** A view of these objects. Throws on any problem: a fixture must be valid. */
export function viewOf(...objects: readonly unknown[]): ClusterView {
  const { view, problems } = readCluster(objects.map(object => documentOf(object, 'cluster.yaml')));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return view;
}
