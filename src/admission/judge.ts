import type { Pod } from '../pod/kube.ts';
import { type Mode, reaches } from '../pod/mode.ts';
import { denialMessage, WARNING_LIMIT, warningLines } from '../report/sentences.ts';
import { clean } from '../report/text.ts';
import { unplacedMessage } from '../report/unplaced.ts';
import { ask, type JudgeDeps, subjectOf } from './ask.ts';
import { auditAnnotations } from './audit.ts';
import { judgeWorkload } from './judge-workload.ts';
import type { Judgement, Path } from './judgement.ts';
import { patchFor } from './patch.ts';
import { allow, deny } from './respond.ts';
import { type AdmissionRequest, readReview } from './review.ts';
import { targetOf } from './target.ts';

const MESSAGE_LIMIT = 1024;

/**
 * Answers one AdmissionReview: pure, and it does not throw on what it is sent.
 *
 * @param body parsed JSON, of any shape
 */
export function judge(body: unknown, path: Path, mode: Mode, deps: JudgeDeps): Judgement {
  const read = readReview(body);
  if ('problem' in read) return unreadable(read.uid ?? '', mode, read.problem);
  const { request } = read;
  if (mode === 'off') return { response: allow(request.uid), verdict: 'not-judged', request };
  const target = targetOf(request);
  switch (target.is) {
    case 'out-of-scope':
      return { response: allow(request.uid), verdict: 'not-judged', request };
    case 'unreadable':
      return { ...unreadable(request.uid, mode, target.problem), request };
    case 'workload':
      return judgeWorkload(request, target.workload, mode, deps);
    case 'pod':
      return judgePod(request, target, path, mode, deps);
  }
}

/** What cannot be understood cannot be vouched for: turned away where rejecting is the mode's, else told. */
export function unreadable(uid: string, mode: Mode, problem: string): Judgement {
  const message = `cofferdam cannot judge this request: ${problem}`;
  const warnings = mode === 'off' ? [] : [clean(message, WARNING_LIMIT)];
  const response = mode === 'enforce' ? deny(uid, clean(message, MESSAGE_LIMIT)) : allow(uid, { warnings });
  return { response, verdict: 'unreadable', problem };
}

function judgePod(
  request: AdmissionRequest,
  { pod, oldPod }: { readonly pod: Pod; readonly oldPod: Pod | undefined },
  path: Path,
  mode: Mode,
  deps: JudgeDeps,
): Judgement {
  const { decision, view } = ask(request, { pod, operation: request.operation, oldPod }, deps);
  const { verdict } = decision;
  // An update, and a subresource, cannot be given a class: the field is immutable, and a change would stick the Pod.
  const creates = request.operation === 'CREATE' && request.subResource === '';
  const modeInjects = reaches(mode, 'inject');
  const injects = path === 'mutate' && creates && modeInjects;
  const unplaced = verdict === 'sandbox' && !injects;
  const subject = subjectOf(request, 'Pod', pod);
  const extras = { audit: auditAnnotations(decision) };
  const record = { verdict, request, pod, decision };
  if (mode === 'enforce' && (verdict === 'reject' || unplaced)) {
    const message = unplaced
      ? unplacedMessage(pod, decision, subject, modeInjects)
      : denialMessage(decision, subject);
    return { response: deny(request.uid, message, extras), ...record };
  }
  const warnings = (): readonly string[] =>
    unplaced ? [unplacedMessage(pod, decision, subject, modeInjects)] : warningLines(decision, subject);
  const response = allow(request.uid, {
    ...extras,
    warnings: reaches(mode, 'warn') ? warnings() : [],
    patch: injects ? patchFor(pod, decision, view) : [],
  });
  return { response, ...record };
}
