import type { Objection, PlacementStep } from '../../decision/decision.ts';
import { fits } from '../../decision/place.ts';
import type { Isolation } from '../../profiles/isolation.ts';
import type { Profile } from '../../profiles/profile.ts';
import { hang } from '../layout.ts';
import { objectionSentence } from '../objection.ts';
import { clean, sentence } from '../text.ts';
import { titleOf } from '../words.ts';
import type { Explained, Page } from './explained.ts';

/** Each class with what stands against it, or that it fits, or was chosen. */
export function candidateLines({ result, profiles }: Explained, page: Page): string[] {
  const { placement, required } = result.decision;
  return placement.flatMap(step => stepLines(step, profiles.forHandler(step.handler), required, page));
}

function stepLines(step: PlacementStep, profile: Profile, required: Isolation, page: Page): string[] {
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
      hang('      - ', objectionText(objection, step, required, profile), width),
    ),
    ...step.degraded.flatMap(signal =>
      hang('      ~ ', sentence(withReason(`degrades ${titleOf(signal)}`, profile, signal)), width),
    ),
  ];
}

function objectionText(
  objection: Objection,
  step: PlacementStep,
  required: Isolation,
  profile: Profile,
): string {
  const text = objectionSentence(objection, step, required);
  return sentence(objection.signal === undefined ? text : withReason(text, profile, objection.signal));
}

/** The profile knows why; the decision carries only the code. */
function withReason(text: string, profile: Profile, signal: string): string {
  const reason = profile.signals.get(signal)?.reason;
  return reason ? `${text}: ${clean(reason, 400)}` : text;
}
