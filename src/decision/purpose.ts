import { signalById } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Decision } from './decision.ts';

type Findings = Pick<Decision, 'findings'>;

/** True where the Pod is there for what was found, so that the signal's own fix does not help. */
export const isPurpose = (signal: SignalId, { findings }: Findings): boolean =>
  signalById.get(signal)?.isPurpose?.(findings) === true;

/** The signals that the Pod is there for and that nobody waives. */
export function purposesOf(decision: Findings): SignalId[] {
  const unwaived = decision.findings.filter(({ waivedBy }) => waivedBy === undefined);
  return [...new Set(unwaived.map(({ signal }) => signal))].filter(signal => isPurpose(signal, decision));
}
