import { readFileSync } from 'node:fs';
import type { SourceDocument } from '../source/document.ts';
import { readDocuments } from '../source/yaml.ts';

/** Names of the policies in `policies/`. */
export const BUILTIN_POLICIES = ['balanced', 'strict', 'multi-tenant'] as const;
export type BuiltinPolicy = (typeof BUILTIN_POLICIES)[number];

const FOLDER = new URL('../../policies/', import.meta.url);
const read = new Map<BuiltinPolicy, readonly SourceDocument[]>();

export const isBuiltinPolicy = (name: string): name is BuiltinPolicy =>
  (BUILTIN_POLICIES as readonly string[]).includes(name);

/**
 * The documents of one, read when first called.
 * @throws Error when the file is missing or cannot be read: the installation is broken
 */
export function builtinPolicy(name: BuiltinPolicy): readonly SourceDocument[] {
  let documents = read.get(name);
  if (!documents) {
    const file = `policies/${name}.yaml`;
    const reading = readDocuments(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'), file);
    const problem = reading.problems[0];
    if (problem) throw new Error(`${file}:${problem.position.line}: ${problem.message}`);
    documents = reading.documents;
    read.set(name, documents);
  }
  return documents;
}
