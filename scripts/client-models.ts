import * as models from '@kubernetes/client-node';

/** A field of a model of Kubernetes' client. */
export interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

/**
 * The client's models are generated from the OpenAPI document that Kubernetes publishes, and name their fields and types.
 * @returns undefined for anything that is no model
 */
export const attributesOf = (model: string): readonly Attribute[] | undefined => {
  const made: unknown = (models as Readonly<Record<string, unknown>>)[model];
  return (made as { getAttributeTypeMap?(): readonly Attribute[] } | undefined)?.getAttributeTypeMap?.();
};

/** What a field holds, and of what type: `Array<V1Container>`, `{ [key: string]: string; }`, `V1PodSpec`. */
export function heldBy({ type }: Attribute): {
  readonly holds: 'one' | 'list' | 'map';
  readonly type: string;
} {
  const [, item, value] = /^(?:Array<(.*)>|\{ \[key: string\]: (.*); \})$/.exec(type) ?? [];
  if (item !== undefined) return { holds: 'list', type: item };
  return value === undefined ? { holds: 'one', type } : { holds: 'map', type: value };
}
