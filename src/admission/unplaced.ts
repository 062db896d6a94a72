import type { Decision } from '../decision/decision.ts';
import type { Subject } from '../report/sentences.ts';
import { clean, quote } from '../report/text.ts';
import { causes, isolationWords, someOf } from '../report/words.ts';
import { type Mode, reaches } from './mode.ts';
import { WARNING_LIMIT } from './respond.ts';

/**
 * About a Pod that needs a class and that this request cannot give it. In `inject` and `enforce` it should have one by
 * now: the mutating webhook was skipped, or a later one undid its work (istio/istio#54562).
 */
export function unplacedMessage(decision: Decision, { kind, name }: Subject, mode: Mode): string {
  const who = name ? `${kind} ${quote(name)}` : kind;
  const runtimeClass = quote(decision.runtimeClass ?? '');
  const why = causes(decision);
  const needs = `needs ${isolationWords(decision.required)}${why.length > 0 ? ` because of ${someOf(why)}` : ''}`;
  const what = reaches(mode, 'inject')
    ? `lost RuntimeClass ${runtimeClass} on its way here, or was never given it. Set runtimeClassName; it ${needs}`
    : `would be given RuntimeClass ${runtimeClass}: it ${needs}`;
  return clean(`${who} ${what}`, WARNING_LIMIT);
}
