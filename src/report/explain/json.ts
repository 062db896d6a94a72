import { assumedOf, resultOf } from '../json.ts';
import type { Explained } from './explained.ts';

/** `-o json`: the result as `review` has it, and the trace. */
export function explainJson({ version, result, assumed, profiles, patch, exemption }: Explained): string {
  const { governing, others, placement } = result.decision;
  const document = {
    version,
    result: resultOf(result),
    assumed: assumedOf(assumed),
    assessments: [governing, ...others].map((assessment, i) => ({ ...assessment, governing: i === 0 })),
    placement: placement.map(step => {
      const { signals } = profiles.forHandler(step.handler);
      const reasonOf = (signal: string | undefined): string | null =>
        (signal === undefined ? undefined : signals.get(signal)?.reason) ?? null;
      return {
        ...step,
        objections: step.objections.map(objection => ({ ...objection, reason: reasonOf(objection.signal) })),
        degraded: step.degraded.map(signal => ({ signal, reason: reasonOf(signal) })),
      };
    }),
    patch,
    exemption: exemption || null,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
