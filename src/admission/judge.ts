import type { Pod } from '../pod/kube.ts';
import { type Mode, reaches } from '../pod/mode.ts';
import { denialMessage, WARNING_LIMIT, warningLines } from '../report/words/sentences.ts';
import { unplacedLines } from '../report/words/unplaced.ts';
import { isMap } from '../source/mapping.ts';
import { clean } from '../source/text.ts';
import { ask, type JudgeDeps, subjectOf } from './ask.ts';
import { auditAnnotations } from './audit.ts';
import { judgeWorkload } from './judge-workload.ts';
import type { Judgement, Path } from './judgement.ts';
import { patchFor } from './patch.ts';
import { allow, deny, denyForNow } from './respond.ts';
import { type AdmissionRequest, readReview } from './review.ts';
import { scopeOf, targetOf } from './target.ts';

const MESSAGE_LIMIT = 1024;

/**
 * Answers one AdmissionReview. It is a pure function, and does not throw on anything that it is sent.
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

/**
 * The answer to what cannot be understood, and so cannot be vouched for: a refusal in a mode that rejects, otherwise a warning.
 */
export function unreadable(uid: string, mode: Mode, problem: string): Judgement {
  const message = `cofferdam cannot judge this request: ${problem}`;
  const warnings = mode === 'off' ? [] : [clean(message, WARNING_LIMIT)];
  const response = mode === 'enforce' ? deny(uid, clean(message, MESSAGE_LIMIT)) : allow(uid, { warnings });
  return { response, verdict: 'unreadable', problem };
}

/**
 * Answers a review of which only the head was read. The answer has to count whatever the rest is: an author who could make the
 * call fail would get past it where it fails open. Workloads are never refused, and neither is the update of a Pod that is
 * being deleted.
 *
 * @param head parsed JSON, of any shape
 * @param busy whether the answer may be another a moment later: clients then ask again by themselves
 */
export function judgeHead(
  head: unknown,
  mode: Mode,
  { problem, busy = false }: { readonly problem: string; readonly busy?: boolean },
): Judgement {
  const read = readReview(head);
  if ('problem' in read) return unreadable(read.uid ?? '', mode, problem);
  const { request } = read;
  const scope = scopeOf(request);
  if (mode === 'off' || scope === 'none' || isDeleting(request)) {
    return { response: allow(request.uid), verdict: 'not-judged', request, problem };
  }
  if (scope === 'workload') {
    const warned = mode === 'enforce' ? 'warn' : mode;
    return { ...unreadable(request.uid, warned, problem), request };
  }
  const judgement = unreadable(request.uid, mode, problem);
  const { status } = judgement.response;
  const response = busy && status ? denyForNow(request.uid, status.message) : judgement.response;
  return { ...judgement, response, request };
}

/** Decisions let go the same Pods: those that were already being deleted. */
const isDeleting = ({ operation, oldObject }: AdmissionRequest): boolean =>
  operation === 'UPDATE' &&
  isMap(oldObject) &&
  isMap(oldObject.metadata) &&
  typeof oldObject.metadata.deletionTimestamp === 'string';

function judgePod(
  request: AdmissionRequest,
  { pod, oldPod }: { readonly pod: Pod; readonly oldPod: Pod | undefined },
  path: Path,
  mode: Mode,
  deps: JudgeDeps,
): Judgement {
  const { decision, view } = ask(request, { pod, operation: request.operation, oldPod }, deps);
  const { verdict } = decision;
  // An update or a subresource cannot be given a class: the field is immutable, and changing it would make the Pod stuck.
  const creates = request.operation === 'CREATE' && request.subResource === '';
  const modeInjects = reaches(mode, 'inject');
  const injects = path === 'mutate' && creates && modeInjects;
  const unplaced = verdict === 'sandbox' && !injects;
  const subject = subjectOf(request, 'Pod', pod);
  const extras = { audit: auditAnnotations(decision) };
  const record = { verdict, request, pod, decision };
  if (mode === 'enforce' && (verdict === 'reject' || unplaced)) {
    const message = unplaced
      ? unplacedLines(pod, decision, subject, modeInjects).join('\n')
      : denialMessage(decision, subject);
    return { response: deny(request.uid, message, extras), ...record };
  }
  const warnings = (): readonly string[] =>
    unplaced ? unplacedLines(pod, decision, subject, modeInjects) : warningLines(decision, subject);
  const response = allow(request.uid, {
    ...extras,
    warnings: reaches(mode, 'warn') ? warnings() : [],
    patch: injects ? patchFor(pod, decision, view) : [],
  });
  return { response, ...record };
}
