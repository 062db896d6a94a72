import { describeShape } from '../source/describe.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys } from '../source/path.ts';
import { unquoted } from './unquoted.ts';

export interface Header {
  readonly object: Mapping;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The fields that every Kubernetes object has, or the first of them that is wrong. */
export function readHeader(document: SourceDocument): Header | { readonly problem: Problem } {
  const object = document.value;
  if (!isMap(object)) return { problem: misshapen(document, [], object, 'a Kubernetes object (a map)') };
  for (const key of ['apiVersion', 'kind'] as const) {
    if (typeof object[key] !== 'string' || object[key] === '') {
      return { problem: misshapen(document, [key], object[key], 'a string, as every Kubernetes object has') };
    }
  }
  const metadata = object.metadata ?? {};
  if (!isMap(metadata)) return { problem: misshapen(document, ['metadata'], metadata, 'a map') };
  for (const key of ['name', 'generateName', 'namespace'] as const) {
    const value = metadata[key] ?? undefined;
    if (value !== undefined && typeof value !== 'string') {
      return { problem: misshapen(document, ['metadata', key], value, 'a string') };
    }
  }
  const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
  const { name, generateName, namespace } = metadata as Readonly<Record<string, string | null | undefined>>;
  return { object, apiVersion, kind, name: name || generateName || '', namespace: namespace || undefined };
}

function misshapen(document: SourceDocument, keys: Keys, value: unknown, expected: string): Problem {
  const { found, fix } = (expected.startsWith('a string') && unquoted(document, keys)) || {
    found: describeShape(value),
    fix: 'Correct it, or leave the file out if it is no Kubernetes manifest.',
  };
  return {
    severity: 'error',
    position: document.positionOf(keys),
    path: formatPath(keys),
    message: `found ${found}, expected ${expected}`,
    fix,
  };
}
