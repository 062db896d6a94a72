import type { Remark } from '../../report/checkup/checkup.ts';
import { outcomeSentence } from '../../report/words/outcome.ts';
import { withoutPlace } from '../../report/words/terms.ts';
import { count, list, quote, sentence } from '../../source/text.ts';
import { defineCheck, failure, warning } from '../check.ts';
import { type Drafted, draftedFor, refusedBy } from '../workloads.ts';

/** Pods that run on every node or hold the cluster together: enforcing without looking at these takes the cluster down. */
export const preflightSystem = defineCheck({
  id: 'preflight-system',
  group: 'Preflight: if every namespace were enforced',
  title: 'no DaemonSet, system-critical or hostNetwork workload would be rejected',
  reads: ['workloads'],
  run: ({ workloads }, context) => ({
    seen: `${count(workloads.length, 'workload')} judged`,
    remarks: draftedFor(workloads, context).map(remarkOn),
  }),
});

/** The other Pods, which the policy is meant for. */
export const preflightOthers = defineCheck({
  id: 'preflight-others',
  group: 'Preflight: if every namespace were enforced',
  title: 'no other workload would be rejected',
  reads: ['workloads'],
  run: ({ workloads }) => {
    const refused = refusedBy(workloads).filter(({ because }) => because.length === 0);
    if (refused.length === 0) return { remarks: [] };
    const pods = refused.reduce((sum, one) => sum + one.pods, 0);
    const namespaces = [...new Set(refused.map(({ result }) => quote(result.namespace)))];
    const message = `${count(refused.length, 'workload')} (${count(pods, 'Pod')}) would be rejected, in ${list(namespaces.slice(0, 5))}${namespaces.length > 5 ? ` and ${namespaces.length - 5} more namespaces` : ''}.`;
    return {
      remarks: [
        warning(
          message,
          'Run "cofferdam review --from-cluster --only reject", which says of each why, and what to do.',
        ),
      ],
    };
  },
});

function remarkOn({ owner, result, pods, because, draft }: Drafted): Remark {
  const { namespace, decision } = result;
  const who = `${owner.kind} ${quote(owner.name)} in ${quote(namespace)} (${pods === 0 ? 'no Pod now' : count(pods, 'Pod')}; ${list(because)})`;
  const why = sentence(`${who}: ${outcomeSentence(decision, withoutPlace)}`);
  const fix = draft
    ? `Change it, or complete and apply the exemption ${quote(draft.metadata.name)} that is drafted below.`
    : 'Change it or its namespace: no exemption would admit it, as its labels, its namespace or a policy require more isolation than this cluster has.';
  return failure(why, fix);
}
