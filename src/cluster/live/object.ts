import type { SourceDocument } from '../../source/document.ts';

/** An object of the cluster as it came. Only that it has a name is known. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
}

export function isKubeObject(value: unknown): value is KubeObject {
  if (!isMap(value) || !isMap(value.metadata)) return false;
  const { name, namespace } = value.metadata;
  return typeof name === 'string' && (namespace === undefined || typeof namespace === 'string');
}

/** `name`, or `namespace/name`. */
export const keyOf = ({ metadata: { name, namespace } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** The object as a document whose place is `Kind/name` or `Kind/namespace/name`: it has no lines. */
export function documentOf(kind: string, value: KubeObject): SourceDocument {
  const position = Object.freeze({ file: `${kind}/${keyOf(value)}` });
  return { value, position, positionOf: () => position };
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
