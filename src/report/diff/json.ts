import { jsonText } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { assumedOf } from '../review/json.ts';
import { isWaiting } from '../waiting.ts';
import { fixSentence } from '../words/fix.ts';
import { waitingNotes } from '../words/notes.ts';
import { reasonLines } from '../words/sentences.ts';
import type { Difference } from './change.ts';
import { costsOf } from './cost.ts';
import { sumsOf } from './where.ts';

/** `-o json`, as docs/schema/diff.schema.json has it. Fields are added, never changed, within a version. */
export function json(difference: Difference): string {
  const { changes, pairs, outOfScope, problems, version, assumed } = difference;
  const { before, after, silent } = costsOf(difference);
  const count = (fate: string): number => changes.filter(one => one.fate === fate).length;
  return `${jsonText(
    {
      version: 1,
      cofferdam: version,
      summary: {
        judged: pairs.length,
        outOfScope,
        rejected: count('rejected'),
        weaker: count('weaker'),
        waiting: count('waiting'),
        stronger: count('stronger'),
        accepted: count('accepted'),
        running: count('running'),
        class: count('class'),
        score: count('score'),
        where: sumsOf(difference),
        overhead: { before, after, unknown: silent },
      },
      policies: difference.policies,
      changes: changes.map(({ fate, fates, before, after, pods }) => ({
        change: fate,
        also: fates.filter(other => other !== fate),
        kind: after.owner?.kind ?? after.kind,
        namespace: after.namespace,
        name: after.owner?.name ?? after.name,
        source: after.source.file,
        line: after.source.line ?? null,
        pods,
        ...(after.isNext && { next: true }),
        before: sideOf(before),
        after: {
          ...sideOf(after),
          reasons: [...reasonLines(after.decision), ...waitingNotes(after).map(({ phrase }) => phrase)],
          fix: fixOf(after) || null,
        },
      })),
      problems: problems.map(({ severity, position, message, fix }) => ({
        severity,
        source: position.file,
        line: position.line ?? null,
        message,
        fix: fix ?? null,
      })),
      ...(assumed && { assumed: assumedOf(assumed) }),
    },
    2,
  )}\n`;
}

/** What is rejected has a way in; what waits needs a node. */
const fixOf = (after: Reviewed): string => fixSentence(after.decision) || (waitingNotes(after)[0]?.fix ?? '');

const sideOf = (result: Reviewed) => {
  const { decision } = result;
  return {
    verdict: decision.verdict,
    outcome: decision.outcome,
    runtimeClass: decision.runtimeClass ?? null,
    isolation: decision.isolation ?? null,
    required: decision.required,
    score: decision.governing.score,
    policy: decision.governing.policy,
    waits: isWaiting(result),
  };
};
