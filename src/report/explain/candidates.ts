import type { Decision, Objection, PlacementStep } from '../../decision/decision.ts';
import { fits } from '../../decision/place.ts';
import type { Profile } from '../../profiles/profile.ts';
import { clean, sentence } from '../../source/text.ts';
import { hang } from '../layout/wrap.ts';
import { objectionSentence, subjectOf } from '../words/objection.ts';
import type { Explained, Page } from './explained.ts';
import { degradedReasons, objectionReason } from './reasons.ts';

/** Each class, with what stands against it, or that it fits or was chosen. */
export function candidateLines({ result, profiles }: Explained, page: Page): string[] {
  const { placement } = result.decision;
  return placement.flatMap(step => stepLines(step, profiles.forHandler(step.handler), result.decision, page));
}

function stepLines(step: PlacementStep, profile: Profile, decision: Decision, page: Page): string[] {
  const { paint, width } = page;
  const [mark, state] = step.chosen
    ? [paint.good('✓'), paint.good('chosen')]
    : fits(step)
      ? ['·', 'fits, not chosen']
      : [paint.bad('✗'), paint.bad('does not fit')];
  const what = step.handler
    ? ` (${step.isolation}, handler ${clean(step.handler)}, profile ${clean(step.profile)})`
    : '';
  return [
    `  ${mark} ${clean(step.runtimeClass)}${paint.dim(what)}: ${state}`,
    ...step.objections.flatMap(objection =>
      hang('      - ', objectionText(objection, step, decision, profile), width),
    ),
    ...degradedReasons(step, profile, decision).flatMap(({ signal, resource, reason }) =>
      hang('      ~ ', sentence(withReason(`degrades ${subjectOf(signal, resource)}`, reason)), width),
    ),
  ];
}

function objectionText(
  objection: Objection,
  step: PlacementStep,
  decision: Decision,
  profile: Profile,
): string {
  const text = objectionSentence(objection, step, decision);
  return sentence(withReason(text, objectionReason(profile, objection, decision)));
}

const withReason = (text: string, reason: string | undefined): string =>
  reason ? `${text}: ${clean(reason, 400)}` : text;
