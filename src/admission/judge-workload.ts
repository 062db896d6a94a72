import type { Decision } from '../decision/decision.ts';
import { type Mode, reaches } from '../pod/mode.ts';
import { WARNING_LIMIT, warningLines } from '../report/words/sentences.ts';
import { unplacedLines } from '../report/words/unplaced.ts';
import { clean } from '../source/text.ts';
import { ask, type JudgeDeps, subjectOf } from './ask.ts';
import { auditAnnotations } from './audit.ts';
import type { Judgement } from './judgement.ts';
import { allow } from './respond.ts';
import type { AdmissionRequest } from './review.ts';
import type { Workload } from './workload.ts';

/** Warns the author of a workload while they are looking. It is never refused: its Pods are judged when they come. */
export function judgeWorkload(
  request: AdmissionRequest,
  { pods, problems }: Workload,
  mode: Mode,
  deps: JudgeDeps,
): Judgement {
  const judged = pods.map(pod => ({
    pod,
    ...ask(request, { pod, operation: 'CREATE', isWritten: true }, deps),
  }));
  const warnings = [
    ...problems.map(problem => `${request.kind.kind}: its Pods cannot be judged: ${problem}`),
    ...judged.flatMap(({ pod, decision }) => {
      // The Pod's name is made up here, and means nothing to anybody.
      const subject = { ...subjectOf(request, `Pod of ${request.kind.kind}`, pod), name: request.name };
      if (decision.verdict === 'reject') return warningLines(decision, subject);
      return decision.verdict === 'sandbox' && mode === 'warn'
        ? unplacedLines(pod, decision, subject, false)
        : [];
    }),
  ].map(line => clean(line, WARNING_LIMIT));
  const worst = judged.toSorted((a, b) => severity(b.decision) - severity(a.decision))[0];
  const response = allow(request.uid, {
    warnings: reaches(mode, 'warn') ? [...new Set(warnings)] : [],
    ...(worst && { audit: auditAnnotations(worst.decision) }),
  });
  if (!worst) return { response, verdict: 'unreadable', request, problem: problems[0] ?? '' };
  const { pod, decision } = worst;
  return { response, verdict: decision.verdict, request, pod, decision };
}

const severity = ({ verdict }: Decision): number => ['admit', 'sandbox', 'reject'].indexOf(verdict);
