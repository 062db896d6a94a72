import type { StringMap } from '../pod/kube.ts';
import type { Flaw } from '../source/flaw.ts';
import type { Keys } from '../source/path.ts';

/** A Kubernetes LabelSelector as it is written. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export type Matcher = (labels: StringMap) => boolean;

/** What Kubernetes accepts: apimachinery `validation.IsQualifiedName` and `IsValidLabelValue`. */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * A selector as a function of labels, with the semantics of apimachinery's `labels.Requirement`: `NotIn` and
 * `DoesNotExist` also hold where the label is absent; an absent or empty selector matches everything.
 */
export function compileSelector(selector: LabelSelector | undefined): Matcher {
  const tests = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => isIn(key, [value])),
    ...(selector?.matchExpressions ?? []).map(testOf),
  ];
  return labels => tests.every(test => test(labels));
}

/** True when the selector leaves something out. */
export const selects = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length > 0 || (selector?.matchExpressions?.length ?? 0) > 0;

// Labels are JSON, and `labels.constructor` would be inherited from Object.
const has = (labels: StringMap, key: string): boolean => Object.hasOwn(labels, key);

function isIn(key: string, values: readonly string[]): Matcher {
  const wanted = new Set(values);
  return labels => has(labels, key) && wanted.has(labels[key] as string);
}

function testOf({ key, operator, values = [] }: Expression): Matcher {
  const inValues = isIn(key, values);
  switch (operator) {
    case 'In':
      return inValues;
    case 'NotIn':
      return labels => !inValues(labels);
    case 'Exists':
      return labels => has(labels, key);
    default:
      return labels => !has(labels, key);
  }
}

/** What Kubernetes would refuse in a selector, and the schema cannot express. */
export function selectorFlaws(selector: LabelSelector | undefined, path: Keys): readonly Flaw[] {
  return [
    ...Object.entries(selector?.matchLabels ?? {}).flatMap(([key, value]) => {
      const at = [...path, 'matchLabels', key];
      return [...labelKeyFlaws(key, at), ...labelValueFlaws(value, at)];
    }),
    ...(selector?.matchExpressions ?? []).flatMap((expression, i) =>
      expressionFlaws(expression, [...path, 'matchExpressions', i]),
    ),
  ];
}

function expressionFlaws({ key, operator, values = [] }: Expression, path: Keys): readonly Flaw[] {
  const flaws = [...labelKeyFlaws(key, [...path, 'key'])];
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (wantsValues && values.length === 0) {
    flaws.push({ path, message: `${operator} needs values`, fix: 'List at least one, or use Exists.' });
  }
  if (!wantsValues && values.length > 0) {
    const fix = `Remove the values, or use ${suggestOperator(operator)}.`;
    flaws.push({ path: [...path, 'values'], message: `${operator} takes no values`, fix });
  }
  return [...flaws, ...values.flatMap((value, i) => labelValueFlaws(value, [...path, 'values', i]))];
}

const suggestOperator = (operator: string): string => (operator === 'Exists' ? 'In' : 'NotIn');

/** What Kubernetes would refuse in the key of a label (apimachinery, util/validation `IsQualifiedName`). */
export function labelKeyFlaws(key: string, path: Keys): readonly Flaw[] {
  const slash = key.indexOf('/');
  const prefix = key.slice(0, Math.max(0, slash));
  const fits =
    (slash < 0 || (PREFIX.test(prefix) && prefix.length <= 253)) && NAME.test(key.slice(slash + 1));
  if (fits) return [];
  const fix = 'Write it as in app or cofferdam.dev/risk.';
  return [{ path, message: `${JSON.stringify(key)} is no key of a label`, fix }];
}

export function labelValueFlaws(value: string, path: Keys): readonly Flaw[] {
  if (value === '' || NAME.test(value)) return [];
  const fix =
    'At most 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends.';
  return [{ path, message: `${JSON.stringify(value)} is no value of a label`, fix }];
}
