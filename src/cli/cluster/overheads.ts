import type { ClusterView } from '../../cluster/view.ts';
import { quantity } from '../../kube/quantity.ts';
import type { Overhead } from '../../report/result.ts';

/** What a sandbox costs, by RuntimeClass; only classes that say it. */
export function overheadsOf(view: ClusterView): ReadonlyMap<string, Overhead> {
  return new Map(
    view.runtimeClasses().flatMap(({ name, overhead }) => {
      if (!overhead) return [];
      return [[name, { cpu: quantity(overhead.cpu), memory: quantity(overhead.memory) }] as const];
    }),
  );
}
