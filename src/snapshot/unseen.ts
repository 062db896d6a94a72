import type { FieldRead } from '../policy/cel.ts';
import type { CompiledRule } from '../policy/policy.ts';
import { fieldsReadByRule } from '../policy/rules.ts';
import { isValueRead } from './annotations.ts';
import { POD, TEMPLATE } from './pod.ts';
import { keeps } from './shape.ts';

const ANNOTATIONS = 'object.metadata.annotations';

/** The fields that a rule reads of a Pod and that no snapshot holds, each once. */
export const unseenBy = (rule: Pick<CompiledRule, 'expression'>): readonly string[] => [
  ...new Set(
    fieldsReadByRule(rule)
      .filter(isUnseen)
      .map(({ path }) => path),
  ),
];

function isUnseen({ path, isAsked, isAnyOf }: FieldRead): boolean {
  if (path === ANNOTATIONS) return false;
  if (path === `${ANNOTATIONS}[]`) return isAnyOf;
  // A key may contain dots. All keys are there, and so are the values that the decision reads.
  if (path.startsWith(`${ANNOTATIONS}.`)) return !isAsked && !isValueRead(path.slice(ANNOTATIONS.length + 1));
  const [, ...steps] = path.replaceAll('[]', '').split('.');
  const isHeader = steps[0] === 'apiVersion' || steps[0] === 'kind';
  return !isHeader && !keeps(POD, steps) && !keeps(TEMPLATE, steps);
}
