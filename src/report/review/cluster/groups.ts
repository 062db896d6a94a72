import type { Verdict } from '../../../decision/decision.ts';
import type { Reviewed } from '../../result.ts';

/** Pods of one owner that were decided alike. */
export interface Group {
  /** The result of one of the Pods, which says why. */
  readonly sample: Reviewed;
  /** The number of Pods; 0 for a workload that has none now. */
  readonly pods: number;
}

/** Whether it is a Pod; the others are workloads that have none now. */
export const isPod = ({ kind }: Reviewed): boolean => kind === 'Pod';

/** The results by owner and outcome, the largest groups first. */
export function groupsOf(results: readonly Reviewed[], verdict: Verdict): readonly Group[] {
  const groups = Map.groupBy(
    results.filter(({ decision }) => decision.verdict === verdict),
    keyOf,
  );
  return [...groups.values()]
    .flatMap(list => (list[0] ? [{ sample: list[0], pods: list.filter(isPod).length }] : []))
    .sort((a, b) => b.pods - a.pods || (nameOf(a.sample) < nameOf(b.sample) ? -1 : 1));
}

/** `Deployment/web`, or `Deployment/web (next Pods)` where its template is ahead of its Pods. */
export const ownerName = (result: Reviewed): string =>
  `${workloadName(result)}${result.isNext ? ' (next Pods)' : ''}`;

const workloadName = ({ owner, kind, name }: Reviewed): string =>
  `${owner?.kind ?? kind}/${owner?.name ?? name}`;

const nameOf = (result: Reviewed): string => `${result.namespace}/${workloadName(result)}`;

/** The key of a group; during a rolling update, Pods of one owner differ. */
const keyOf = (result: Reviewed): string => {
  const { outcome, runtimeClass, required, governing } = result.decision;
  return [nameOf(result), outcome, runtimeClass, required, governing.score].join('\n');
};
