import { jsonText } from '../../source/text.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';
import { assumedOf, resultOf } from '../review/json.ts';
import type { Explained } from './explained.ts';
import { degradedReasons, objectionReason } from './reasons.ts';

/** `-o json`: the result as in `review`, with the trace. */
export function explainJson({
  version,
  result,
  assumed,
  profiles,
  patch,
  exemption,
  withExemption,
  isUnnamed,
}: Explained): string {
  const { governing, others, placement } = result.decision;
  const document = {
    version,
    result: resultOf(result),
    assumed: assumedOf(assumed),
    assessments: [governing, ...others].map((assessment, i) => ({ ...assessment, governing: i === 0 })),
    placement: placement.map(step => {
      const profile = profiles.forHandler(step.handler);
      return {
        ...step,
        objections: step.objections.map(objection => ({
          ...objection,
          reason: objectionReason(profile, objection, result.decision) ?? null,
        })),
        degraded: degradedReasons(step, profile, result.decision),
      };
    }),
    patch,
    exemption: exemption ? yamlText(exemption) : null,
    withExemption: withExemption
      ? {
          verdict: withExemption.verdict,
          runtimeClass: withExemption.runtimeClass ?? null,
          isolation: withExemption.isolation ?? null,
          ...(isUnnamed && { withoutRuntimeClassName: true }),
        }
      : null,
  };
  return `${jsonText(document, 2)}\n`;
}
