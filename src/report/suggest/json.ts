import { jsonText } from '../../source/text.ts';
import { fixSentence } from '../words/fix.ts';
import { reasonLines } from '../words/sentences.ts';
import { breakoutsOf, byName, nextAmong, type Suggested, type Workload } from './suggested.ts';

/** `-o json`, as docs/schema/suggest.schema.json has it. Fields are added, never changed, within a version. */
export function json({ version, cluster, namespaces, exemptions, left, problems }: Suggested): string {
  return `${jsonText(
    {
      version: 1,
      cofferdam: version,
      context: cluster.context,
      snapshot: cluster.file ?? null,
      namespaces: namespaces.map(({ name, mode, current, because, pods }) => ({
        name,
        mode,
        current: current ?? null,
        because,
        pods,
      })),
      exemptions: exemptions.map(one => ({
        breakouts: breakoutsOf(one),
        workloads: workloadsOf(one.runs),
        exemption: one.exemption,
      })),
      left: left.map(({ workload, decision }) => ({
        kind: workload.subject.kind,
        namespace: workload.namespace,
        name: workload.subject.name,
        pods: workload.pods,
        next: workload.isNext,
        outcome: decision.outcome,
        reasons: reasonLines(decision),
        fix: fixSentence(decision) || null,
      })),
      problems: problems.map(({ severity, position, message, fix }) => ({
        severity,
        source: position.file,
        message,
        fix: fix ?? null,
      })),
    },
    2,
  )}\n`;
}

function workloadsOf(runs: readonly Workload[]) {
  const next = nextAmong(runs);
  return Array.from(byName(runs), ([name, pods]) => ({ name, pods, next: next.has(name) }));
}
