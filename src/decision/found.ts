import { signalById } from '../signals/index.ts';
import { RESOURCE_SIGNALS } from '../signals/resource-names.ts';
import type { Category, Finding, SignalId } from '../signals/signal.ts';

/** A signal that was found, once, however many findings it has. */
export interface FoundSignal {
  readonly signal: SignalId;
  readonly category: Category;
  /** True when every finding of it is waived; otherwise it counts. */
  readonly waived: boolean;
}

/** The signals of these findings, in their order; findings of one signal stand together, as `inspect` returns them. */
export function signalsFound(findings: readonly Finding[]): readonly FoundSignal[] {
  const found: { signal: SignalId; category: Category; waived: boolean }[] = [];
  for (const { signal, waivedBy } of findings) {
    const last = found.at(-1);
    if (last?.signal === signal) last.waived &&= waivedBy !== undefined;
    else
      found.push({
        signal,
        category: signalById.get(signal)?.category ?? 'breakout',
        waived: waivedBy !== undefined,
      });
  }
  return found;
}

/** The names of the resources that findings of a signal are about, each once; empty for a signal that is not about resources. */
export const resourcesIn = (findings: readonly Finding[], wanted: SignalId): readonly string[] =>
  RESOURCE_SIGNALS.has(wanted)
    ? [...new Set(findings.filter(({ signal }) => signal === wanted).map(({ value }) => String(value)))]
    : [];
