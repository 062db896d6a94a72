import type { Decision } from '../decision/decision.ts';
import type { Pod } from '../pod/kube.ts';
import { type Mode, reaches } from '../pod/mode.ts';
import type { Subject } from '../report/subject.ts';
import { clean, quote } from '../report/text.ts';
import { causes, isolationWords, someOf } from '../report/words.ts';
import { WARNING_LIMIT } from './respond.ts';

/**
 * About a Pod that needs a class and that this request cannot give it. In `inject` and `enforce` it should have one by
 * now: the mutating webhook was skipped, or a later one undid its work (istio/istio#54562) or added to the Pod.
 */
export function unplacedMessage(pod: Pod, decision: Decision, { kind, name }: Subject, mode: Mode): string {
  const who = name ? `${kind} ${quote(name)}` : kind;
  const why = causes(decision);
  const needs = `needs ${isolationWords(decision.required)}${why.length > 0 ? ` because of ${someOf(why)}` : ''}`;
  return clean(`${who} ${lacking(pod, decision, reaches(mode, 'inject'))} ${needs}`, WARNING_LIMIT);
}

/** Up to `it`, of which the sentence goes on to say what it needs. */
function lacking({ spec }: Pod, { outcome, runtimeClass }: Decision, injects: boolean): string {
  const wanted = `RuntimeClass ${quote(runtimeClass ?? '')}`;
  if (outcome !== 'raised') {
    return injects
      ? `lost ${wanted} on its way here, or was never given it. Set runtimeClassName; it`
      : `would be given ${wanted}: it`;
  }
  const given = `RuntimeClass ${quote(spec?.runtimeClassName ?? '')}`;
  return injects
    ? `has ${given}, which is no longer enough. Set runtimeClassName to ${quote(runtimeClass ?? '')}; it`
    : `would be raised from ${given} to ${wanted}: it`;
}
