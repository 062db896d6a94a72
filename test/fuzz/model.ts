import { type Attribute, attributesOf, heldBy } from '../../scripts/client-models.ts';

/** A field of Kubernetes' OpenAPI, and how it is reached from a Pod. */
export interface Field {
  /** A path such as `spec.containers[].ports[].hostPort`, which does not go into maps. */
  readonly path: string;
  readonly name: string;
  readonly parent: Field | undefined;
  readonly holds: 'one' | 'list' | 'map';
  /** `string`, `number`, `boolean`, `Date`, `IntOrString`, `any`, or the name of a model whose fields are `fields`. */
  readonly type: string;
  readonly fields: readonly Field[];
}

function fieldOf(attribute: Attribute, parent: Field | undefined): Field {
  const { baseName } = attribute;
  const { holds, type } = heldBy(attribute);
  const above = parent ? `${parent.path}${parent.holds === 'list' ? '[]' : ''}.` : '';
  const fields: Field[] = [];
  const field: Field = {
    path: `${above}${baseName}`,
    name: baseName,
    parent,
    holds,
    type,
    fields,
  };
  fields.push(...(attributesOf(field.type) ?? []).map(attribute => fieldOf(attribute, field)));
  return field;
}

const everyField = (field: Field): readonly Field[] => [field, ...field.fields.flatMap(everyField)];

const POD = (attributesOf('V1Pod') ?? []).map(attribute => fieldOf(attribute, undefined));
const of = (name: string): readonly Field[] => POD.filter(field => field.name === name).flatMap(everyField);

/** All of a PodSpec, in the order of its models; the spec itself is no field of it. */
export const SPEC_FIELDS: readonly Field[] = of('spec').slice(1);
export const METADATA_FIELDS: readonly Field[] = of('metadata').slice(1);

const ROOTS = new Map(POD.map(field => [field.name, field]));

/** Reports each field of the PodSpec that a Pod has, once. */
export function fieldsIn(pod: unknown, tell: (path: string) => void): void {
  const spec = ROOTS.get('spec') as Field;
  const value = (pod as { readonly spec?: unknown }).spec;
  const seen = new Set<string>();
  walk(value, spec, seen);
  for (const path of seen) tell(path);
}

function walk(value: unknown, { fields }: Field, seen: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const field of fields) {
    if (!Object.hasOwn(value, field.name)) continue;
    const child = (value as Readonly<Record<string, unknown>>)[field.name];
    if (child === null) continue;
    seen.add(field.path);
    if (field.fields.length === 0) continue;
    for (const one of Array.isArray(child) ? child : [child]) walk(one, field, seen);
  }
}
