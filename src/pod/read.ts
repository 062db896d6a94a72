import { Ajv, type ErrorObject } from 'ajv';
import { describeShape } from '../source/describe.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, keysOfPointer, valueAt } from '../source/path.ts';
import type { Pod } from './kube.ts';
import { podSchema } from './schema.ts';

/** Why a value cannot be understood as a Pod. */
export interface PodProblem {
  /** Field path from the Pod's root, such as `spec.containers[0].name`; empty for the Pod itself. */
  readonly path: string;
  /** `a string`, `nothing`, … Never the value: it may be a secret in the wrong place. */
  readonly found: string;
  readonly expected: string;
}

const validate = new Ajv({ allowUnionTypes: true, strict: true, strictRequired: false }).compile<Pod>(
  podSchema,
);

/**
 * Checks the shape of everything that is read of a Pod later, so that nothing after this needs to guess.
 *
 * @param value parsed JSON or YAML
 * @returns the same object, typed; or the first thing that is not as the Kubernetes API has it
 */
export function readPod(value: unknown): { readonly pod: Pod } | { readonly problem: PodProblem } {
  if (isMap(value) && value.kind !== undefined && value.kind !== 'Pod') {
    return { problem: { path: 'kind', found: describeShape(value.kind), expected: 'Pod' } };
  }
  if (validate(value)) return { pod: value };
  return { problem: toProblem(validate.errors?.[0], value) };
}

function toProblem(error: ErrorObject | undefined, value: unknown): PodProblem {
  if (!error) return { path: '', found: describeShape(value), expected: 'a Pod' };
  const keys = keysOfPointer(error.instancePath, value);
  if (error.keyword === 'required') {
    const missing = String((error.params as { missingProperty: string }).missingProperty);
    return { path: formatPath([...keys, missing]), found: 'nothing', expected: 'a value (it is required)' };
  }
  const expected =
    error.keyword === 'minItems'
      ? 'at least one element'
      : words([(error.params as { type: string | string[] }).type].flat().filter(type => type !== 'null'));
  return { path: formatPath(keys), found: describeShape(valueAt(value, keys)), expected };
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
