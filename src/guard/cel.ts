import type { LabelSelector } from '../policy/selector.ts';
import type { Cel } from '../signals/cel.ts';
import { text, texts } from '../signals/guards.ts';

/*
Pieces of CEL that the guard is made of. Data goes in as literals, which `text` escapes, and never as code. Only what Kubernetes
1.30 has is used: optional types, strings of version 2, `max` and `sum` of lists.
https://kubernetes.io/docs/reference/using-api/cel/
*/

/** A map literal. An empty one has its types spelled out, as CEL cannot infer them. */
const map = (entries: Iterable<readonly [key: string, value: Cel]>): Cel =>
  `{${[...entries].map(([key, value]) => `${text(key)}: ${value}`).join(', ')}}`;

/** The value at a key of a map literal, or its default. An empty literal has no type and no values. */
export function lookUp(
  entries: readonly (readonly [key: string, value: Cel])[],
  key: Cel,
  otherwise: Cel,
): Cel {
  return entries.length === 0 ? otherwise : `${map(entries)}[?${key}].orValue(${otherwise})`;
}

/** The ids whose condition holds: `(a ? ['a'] : []) + …`. A condition that never holds is left out. */
export const idsOf = (conditions: readonly (readonly [id: string, holds: Cel])[]): Cel =>
  joined(
    conditions
      .filter(([, holds]) => holds !== 'false')
      .map(([id, holds]) => `(${holds} ? [${text(id)}] : [])`),
  ) || '[]';

/** Joins lists in pairs of pairs: the API server parses at most 250 levels, and each `+` is one. */
export function joined(lists: readonly Cel[]): Cel {
  if (lists.length <= 2) return lists.join(' + ');
  const half = Math.ceil(lists.length / 2);
  return `(${joined(lists.slice(0, half))}) + (${joined(lists.slice(half))})`;
}

/** True when any holds; undefined where there are none. */
export const anyOf = (conditions: readonly Cel[]): Cel | undefined =>
  conditions.length === 0 ? undefined : conditions.join(' || ');

/** A label selector over a map of labels; undefined where it matches everything. */
export function selectorCel(selector: LabelSelector | undefined, labels: Cel): Cel | undefined {
  const tests = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => isIn(key, [value], labels)),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      if (operator === 'In') return isIn(key, values, labels);
      if (operator === 'NotIn') return `!(${isIn(key, values, labels)})`;
      return operator === 'Exists' ? has(key, labels) : `!(${has(key, labels)})`;
    }),
  ];
  return tests.length === 0 ? undefined : tests.join(' && ');
}

const has = (key: string, labels: Cel): Cel => `${text(key)} in ${labels}`;
const isIn = (key: string, values: readonly string[], labels: Cel): Cel =>
  `${has(key, labels)} && ${labels}[${text(key)}] in ${texts(values)}`;

/** The keys of the labels that a selector reads. */
export const keysOf = (selector: LabelSelector | undefined): readonly string[] => [
  ...Object.keys(selector?.matchLabels ?? {}),
  ...(selector?.matchExpressions ?? []).map(({ key }) => key),
];
