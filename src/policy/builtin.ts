import type { SourceDocument } from '../source/document.ts';
import { readShipped } from '../source/files/shipped.ts';

/** The names of the policies in `policies/`. */
export const BUILTIN_POLICIES = ['balanced', 'strict', 'multi-tenant'] as const;
export type BuiltinPolicy = (typeof BUILTIN_POLICIES)[number];

const read = new Map<BuiltinPolicy, readonly SourceDocument[]>();

export const isBuiltinPolicy = (name: string): name is BuiltinPolicy =>
  (BUILTIN_POLICIES as readonly string[]).includes(name);

/**
 * The documents of a built-in policy, read when first called.
 * @throws Error when the file is missing or cannot be read: the installation is broken
 */
export function builtinPolicy(name: BuiltinPolicy): readonly SourceDocument[] {
  let documents = read.get(name);
  if (!documents) {
    documents = readShipped(`${name}.yaml`);
    read.set(name, documents);
  }
  return documents;
}
