import type { Decision } from '../../decision/decision.ts';
import { isRisk } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import { beforeChosen, signalsAgainst } from '../words/objection.ts';

/**
 * The signals that bear on the verdict: risks that nobody waived, and whatever stands against a class that would otherwise be
 * chosen.
 */
export function relevantSignals(decision: Decision): SignalId[] {
  const { verdict, findings, placement } = decision;
  const against = new Set(
    (verdict === 'sandbox' ? beforeChosen(decision) : placement).flatMap(signalsAgainst),
  );
  const relevant = findings.filter(
    ({ signal, waivedBy }) => (waivedBy === undefined && isRisk(signal)) || against.has(signal),
  );
  return [...new Set(relevant.map(({ signal }) => signal))];
}
