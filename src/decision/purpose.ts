import { signalById } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Decision } from './decision.ts';

type Findings = Pick<Decision, 'findings'>;

/** True where what is found is what the Pod is there for, so that its own fix is none. */
export const isPurpose = (signal: SignalId, { findings }: Findings): boolean =>
  signalById.get(signal)?.isPurpose?.(findings) === true;

/** The signals that the Pod is there for, and that nobody waives. */
export function purposesOf(decision: Findings): SignalId[] {
  const unwaived = decision.findings.filter(({ waivedBy }) => waivedBy === undefined);
  return [...new Set(unwaived.map(({ signal }) => signal))].filter(signal => isPurpose(signal, decision));
}
