import type { ASTNode } from '@marcbachmann/cel-js';

/** The type that the library's checker found for a node; undefined where it did not look, as for a comprehension's variable. */
export type Typed =
  | {
      readonly kind: string;
      readonly name: string;
      readonly keyType?: NonNullable<Typed>;
      readonly valueType?: NonNullable<Typed>;
    }
  | undefined;

/** The type after a check (lib/type-checker.js, `checkedType`), which the library's own types leave out. */
export const typeOf = (node: ASTNode): Typed => (node as { readonly checkedType?: Typed }).checkedType;

/** The kind of a type, which is `dyn` where the type is not known. */
export const kindOf = (type: Typed): string => type?.kind ?? 'dyn';

export type Fields = Readonly<Record<string, string>>;

/** The types of buildNamespaceType: k8s.io/apiserver pkg/admission/plugin/cel/compile.go. Those that hold others come last. */
export const NAMESPACE_TYPES: Readonly<Record<string, Fields>> = {
  NamespaceMetadata: {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: 'map<string, string>',
    annotations: 'map<string, string>',
    UID: 'string',
    creationTimestamp: 'google.protobuf.Timestamp',
    deletionGracePeriodSeconds: 'int',
    deletionTimestamp: 'google.protobuf.Timestamp',
    generation: 'int',
    resourceVersion: 'string',
    finalizers: 'list<string>',
  },
  NamespaceSpec: { finalizers: 'list<string>' },
  NamespaceCondition: {
    status: 'string',
    type: 'string',
    lastTransitionTime: 'google.protobuf.Timestamp',
    message: 'string',
    reason: 'string',
  },
  NamespaceStatus: { conditions: 'list<NamespaceCondition>', phase: 'string' },
  Namespace: { metadata: 'NamespaceMetadata', spec: 'NamespaceSpec', status: 'NamespaceStatus' },
};

/** The fields of the Namespace or of a part of it, even where it is optional. */
export function namespaceFields(type: Typed): Fields | undefined {
  const held = kindOf(type) === 'optional' ? type?.valueType : type;
  return held && NAMESPACE_TYPES[held.name];
}
