import type { Decision } from '../../decision/decision.ts';
import { quote } from '../../source/text.ts';
import { isolationWords } from './terms.ts';

/** `sandbox, on RuntimeClass "gvisor" (app-kernel)`, `admit, on the host kernel`: what a decision leads to. */
export function leadsWords({ verdict, runtimeClass, isolation = 'host-kernel' }: Decision): string {
  if (verdict === 'reject') return verdict;
  const where =
    runtimeClass === undefined
      ? isolationWords(isolation)
      : `RuntimeClass ${quote(runtimeClass)} (${isolation})`;
  return `${verdict}, on ${where}`;
}
