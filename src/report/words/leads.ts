import type { Decision } from '../../decision/decision.ts';
import { quote } from '../../source/text.ts';
import { wordsFor } from './kinds.ts';
import { isolationWords } from './terms.ts';

/** What a decision leads to: `sandbox, on RuntimeClass "gvisor" (app-kernel)`, `admit, on the host kernel`. */
export function leadsWords(decision: Decision): string {
  const { verdict, runtimeClass, isolation = 'host-kernel' } = decision;
  if (verdict === 'reject') return verdict;
  const where =
    runtimeClass === undefined
      ? isolationWords(isolation)
      : `${wordsFor(decision).sandboxClass} ${quote(runtimeClass)} (${isolation})`;
  return `${verdict}, on ${where}`;
}
