import type { Decision } from '../../decision/decision.ts';
import { asUnnamed, signalsToWaive, withoutRisks } from '../../decision/to-waive.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { SignalId } from '../../signals/signal.ts';
import { list, quote, someOf } from '../../source/text.ts';
import { wordsFor } from './kinds.ts';
import { causes, phraseOf } from './terms.ts';

const BY_EXEMPTION = 'Nothing but an exemption helps';

/** Whether a fix begins with the exemption for what the Pod is there for. */
export const isByExemption = (fix: string): boolean => fix.startsWith(BY_EXEMPTION);

/**
 * What to do about what the Pod is there for, as a sentence: an exemption, and what has to be changed for it. Of several
 * signals, it names those that have to be waived; where that is not enough, all of them.
 * @param signals signals that are a purpose, and that nobody waives
 */
export function exemptionFor(signals: readonly SignalId[], decision: Decision): string {
  const waived = signals.filter(signal => signalsToWaive(decision).includes(signal));
  if (waived.length > 0) return `${BY_EXEMPTION}: ${purposeOf(waived, decision)}.`;
  const { field, sandboxClass } = wordsFor(decision);
  const name = classInTheWay(signals, decision);
  const others = othersInTheWay(decision, name === undefined);
  const ways = [...(name === undefined ? [] : [`leaving ${field} out`]), ...(others === '' ? [] : [others])];
  const lacking =
    name === undefined ? '' : `, and ${sandboxClass} ${quote(name)} does not serve it, exempt or not`;
  return `${BY_EXEMPTION}${ways.map(way => `, and ${way}`).join('')}: ${purposeOf(signals, decision)}${lacking}.`;
}

const purposeOf = (signals: readonly SignalId[], decision: Decision): string =>
  `${list(signals.map(phraseOf))} ${signals.length > 1 ? 'are' : 'is'} what the ${wordsFor(decision).pod} is there for`;

/** A class that the Pod names, where what the Pod is there for does not work even with an exemption. */
function classInTheWay(
  signals: readonly SignalId[],
  { outcome, placement: [here] }: Decision,
): string | undefined {
  if (outcome !== 'explicit-not-enough' || !here) return undefined;
  const isServed = here.objections.every(
    ({ code, signal = '' }) => code !== 'missing' && (code === 'exposed' || !signals.includes(signal)),
  );
  return isServed && !signals.some(signal => here.notServed.includes(signal)) ? undefined : here.runtimeClass;
}

/** What asks for more isolation than is possible with what the Pod is there for, and cannot be waived. */
function othersInTheWay(decision: Decision, keepsClass: boolean): string {
  const unnamed = keepsClass ? undefined : asUnnamed(decision);
  if (unnamed && signalsToWaive(unnamed).length > 0) return '';
  const here = decision.outcome === 'explicit-not-enough' && keepsClass ? decision.placement[0] : undefined;
  if (atLeast(here?.isolation ?? 'host-kernel', withoutRisks(decision).required)) return '';
  return `that only where nothing else asks for ${here ? 'more isolation' : 'a sandbox'}, as ${askedBeside(decision)}`;
}

/** Where an exemption allows what the Pod is there for, but no sandbox that something else requires provides it. */
export const otherPlace = (decision: Decision): string =>
  `Run it where nothing else asks for a sandbox, as ${askedBeside(decision)}.`;

/** `the label cofferdam.dev/risk=high on the Pod does here` */
function askedBeside(decision: Decision): string {
  const left = withoutRisks(decision);
  const why = causes({ ...decision, governing: left, required: left.required, findings: [] });
  return `${someOf(why)} ${why.length > 1 ? 'do' : 'does'} here`;
}
