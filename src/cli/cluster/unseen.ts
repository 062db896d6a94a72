import type { CompiledPolicy, Snapshot } from '../../policy/policy.ts';
import { isOfCluster } from '../../policy/policy.ts';
import { unseenBy } from '../../snapshot/unseen.ts';
import type { Problem } from '../../source/document.ts';
import { list } from '../../source/text.ts';
import type { ClusterSource } from './source.ts';

/** A warning for each rule that reads something of Pods that a snapshot does not hold: on the cluster it may answer otherwise. */
export function unseenByRules(
  { file }: Pick<ClusterSource, 'file'>,
  snapshots: readonly Snapshot[],
): readonly Problem[] {
  if (file === undefined) return [];
  const policies = new Map(
    snapshots.flatMap(({ policies: some }) => some).map(policy => [nameOf(policy), policy]),
  );
  return [...policies].flatMap(([name, { rules }]) =>
    rules.flatMap((rule): readonly Problem[] => {
      const fields = unseenBy(rule);
      if (fields.length === 0) return [];
      return [
        {
          severity: 'warning',
          position: { file: name },
          path: `spec.scoring.rules[${JSON.stringify(rule.name)}]`,
          message: `found a rule that reads ${list(fields)}, which a snapshot leaves out: judged as if it were not there`,
          fix: 'Judge the cluster itself, with --from-cluster, where that matters.',
          leftOut: true,
        },
      ];
    }),
  );
}

/** The place of an object in a cluster, as problems give it. */
function nameOf(policy: CompiledPolicy): string {
  return isOfCluster(policy)
    ? `ClusterSandboxPolicy/${policy.name}`
    : `SandboxPolicy/${policy.namespace}/${policy.name}`;
}
