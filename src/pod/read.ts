import { Ajv, type ErrorObject } from 'ajv';
import { isMap } from '../source/mapping.ts';
import { formatPath } from '../source/path.ts';
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
    return { problem: { path: 'kind', found: describe(value.kind), expected: 'Pod' } };
  }
  if (validate(value)) return { pod: value };
  return { problem: toProblem(validate.errors?.[0], value) };
}

function toProblem(error: ErrorObject | undefined, value: unknown): PodProblem {
  if (!error) return { path: '', found: describe(value), expected: 'a Pod' };
  const keys = error.instancePath.split('/').slice(1).map(unescapePointer).map(toKey);
  if (error.keyword === 'required') {
    const missing = String((error.params as { missingProperty: string }).missingProperty);
    return { path: formatPath([...keys, missing]), found: 'nothing', expected: 'a value (it is required)' };
  }
  const expected =
    error.keyword === 'minItems'
      ? 'at least one element'
      : words([(error.params as { type: string | string[] }).type].flat().filter(type => type !== 'null'));
  return { path: formatPath(keys), found: describe(at(value, keys)), expected };
}

/** RFC 6901 section 4. */
const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

const toKey = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);

function at(value: unknown, keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (node, key) => (node && typeof node === 'object' ? (node as Record<string, unknown>)[key] : undefined),
    value,
  );
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

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'boolean') return String(value);
  return WORDS[typeof value] ?? typeof value;
}
