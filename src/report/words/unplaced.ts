import type { Decision } from '../../decision/decision.ts';
import type { Pod } from '../../pod/kube.ts';
import { clean, quote } from '../../source/text.ts';
import type { Subject } from '../subject.ts';
import { because, raisedWord } from './outcome.ts';
import { ruleWarnings, subjectName, WARNING_LIMIT } from './sentences.ts';
import { withPlace } from './terms.ts';

/**
 * Says about a Pod that it needs a class that this request cannot give it, and what the rules that counted say; one line each.
 * @param injects whether it should have one by now: then the mutating webhook was skipped, or a later one undid its work
 *   (istio/istio#54562) or added to the Pod
 */
export const unplacedLines = (pod: Pod, decision: Decision, subject: Subject, injects: boolean): string[] => [
  clean(
    // What stands before it is about classes, which "it" would stand for.
    `${subjectName(subject)} ${lacking(pod, decision, injects)} ${because(decision, withPlace, 'the Pod')}`,
    WARNING_LIMIT,
  ),
  ...ruleWarnings(decision, subject),
];

/** What the Pod lacks: the part of the sentence before what it needs. */
function lacking({ spec }: Pod, decision: Decision, injects: boolean): string {
  const { outcome, runtimeClass } = decision;
  const wanted = `RuntimeClass ${quote(runtimeClass ?? '')}`;
  if (outcome !== 'raised') {
    return injects
      ? `lost ${wanted} on its way here, or was never given it. Set runtimeClassName;`
      : `would be given ${wanted}:`;
  }
  const given = `RuntimeClass ${quote(spec?.runtimeClassName ?? '')}`;
  return injects
    ? `has ${given}, which is no longer enough. Set runtimeClassName to ${quote(runtimeClass ?? '')};`
    : `would be ${raisedWord(decision)} from ${given} to ${wanted}:`;
}
