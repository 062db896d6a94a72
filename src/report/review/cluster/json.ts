import { type Review, type ReviewedCluster, tally } from '../../result.ts';
import { costOf } from './cost.ts';
import { isPod } from './groups.ts';
import { byNamespace } from './namespaces.ts';

/** What a review of a cluster adds to the document: for each namespace, and in all. */
export function clusterJson(review: Review, cluster: ReviewedCluster): Record<string, unknown> {
  return {
    context: cluster.context,
    ...(cluster.file !== undefined && { snapshot: cluster.file }),
    finished: cluster.finished,
    overhead: costOf(review.results, cluster),
    namespaces: byNamespace(review.results).map(({ name, mode, results }) => {
      const { total: pods, admit, sandbox, reject } = tally(results.filter(isPod));
      return { name, mode, pods, admit, sandbox, reject, overhead: costOf(results, cluster) };
    }),
  };
}
