import type { ErrorObject } from 'ajv';
import { describeShape, quoteStart } from '../source/describe.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, keysOfPointer, valueAt } from '../source/path.ts';
import type { Pod, StringMap } from './kube.ts';
import { validatePod } from './validator.ts';

/** Why a value cannot be understood as a Pod. */
export interface PodProblem {
  /** The field path from the Pod's root, such as `spec.containers[0].name`; empty for the Pod itself. */
  readonly path: string;
  /**
   * `a string`, `null`, and so on. The value itself is never shown, as it may be a secret in the wrong place, except for a
   * boolean and the kind. Undefined where a required field is missing.
   */
  readonly found: string | undefined;
  readonly expected: string;
}

/** The rest of a sentence that begins with the path: `found a string, expected a map`. */
export const problemSentence = ({ found, expected }: PodProblem): string =>
  found === undefined ? 'missing, but required' : `found ${found}, expected ${expected}`;

/**
 * Checks the shape of everything that is read of a Pod later, so that no later code has to guess.
 *
 * @param value parsed JSON or YAML
 * @returns the object, typed, with an empty string for each null value of a string map, as Go decodes it; or the first part
 *   that differs from the Kubernetes API
 */
export function readPod(value: unknown): { readonly pod: Pod } | { readonly problem: PodProblem } {
  if (isMap(value) && value.kind !== undefined && value.kind !== 'Pod') {
    return { problem: { path: 'kind', found: describeKind(value.kind), expected: 'Pod' } };
  }
  if (validatePod(value)) return { pod: withoutNullTexts(value) };
  return { problem: toProblem(validatePod.errors?.[0], value) };
}

/**
 * Replaces null values of string maps, as in `cofferdam.dev/risk:` with nothing after it. Readers of such a map must find
 * strings, as its type says.
 */
function withoutNullTexts(pod: Pod): Pod {
  const { metadata, spec } = pod;
  const labels = withoutNulls(metadata?.labels);
  const annotations = withoutNulls(metadata?.annotations);
  const nodeSelector = withoutNulls(spec?.nodeSelector);
  if (!labels && !annotations && !nodeSelector) return pod;
  return {
    ...pod,
    ...(metadata && {
      metadata: { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
    }),
    ...(spec && nodeSelector && { spec: { ...spec, nodeSelector } }),
  };
}

/** The map with its nulls replaced; undefined where it has none, as in everything that an API server sends. */
function withoutNulls(map: object | null | undefined): StringMap | undefined {
  const values = (map ?? {}) as Readonly<Record<string, string | null>>;
  for (const key in values) {
    if (values[key] === null) {
      return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text ?? '']));
    }
  }
  return undefined;
}

function toProblem(error: ErrorObject | undefined, value: unknown): PodProblem {
  if (!error) return { path: '', found: shapeOf(value), expected: 'a Pod' };
  const keys = keysOfPointer(error.instancePath, value);
  if (error.keyword === 'required') {
    const missing = String((error.params as { missingProperty: string }).missingProperty);
    return { path: formatPath([...keys, missing]), found: undefined, expected: 'a value' };
  }
  const expected =
    error.keyword === 'minItems'
      ? 'at least one element'
      : words([(error.params as { type: string | string[] }).type].flat().filter(type => type !== 'null'));
  return { path: formatPath(keys), found: shapeOf(valueAt(value, keys)), expected };
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a map',
  array: 'a list',
};

const words = (types: readonly string[]): string => types.map(type => WORDS[type] ?? type).join(' or ');

const shapeOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : describeShape(value);

/** The message has to be cleaned by whoever shows it. */
const describeKind = (kind: unknown): string =>
  typeof kind === 'string' ? quoteStart(kind) : describeShape(kind);
