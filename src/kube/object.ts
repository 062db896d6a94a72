import { isMap, type Mapping } from '../source/mapping.ts';

/** An object as the API server sends it. */
export type KubeObject = Mapping;

/** An object that is known to have a name. */
export type NamedObject = KubeObject & { readonly metadata: ObjectName };

export interface ObjectName {
  readonly name: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
}

export function isNamed(value: unknown): value is NamedObject {
  if (!isMap(value) || !isMap(value.metadata)) return false;
  const { name, namespace } = value.metadata;
  return typeof name === 'string' && (namespace === undefined || typeof namespace === 'string');
}

/** `name`, or `namespace/name`. */
export const keyOf = ({ metadata: { name, namespace } }: { readonly metadata: ObjectName }): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
