import type { Keys } from '../source/path.ts';
import type { Schema } from '../source/schema.ts';

/**
 * A document that fits its schema: whatever does not fit is replaced by something that would, each in its place. It only serves
 * to find what else is wrong with a document; it must not be used for anything else.
 * @param misfits paths of what does not fit
 */
export function standInFor(document: unknown, schema: Schema, misfits: readonly Keys[]): unknown {
  const [here] = misfits;
  if (misfits.some(path => path.length === 0)) return example(schema);
  if (here === undefined || typeof document !== 'object' || document === null) return document;
  const below = Map.groupBy(misfits, path => path[0] as string | number);
  if (Array.isArray(document)) {
    return document.map((item, i) => standInFor(item, itemsOf(schema), restOf(below.get(i))));
  }
  const copy: Record<string, unknown> = { ...document };
  for (const [key, paths] of below) {
    const known = fieldsOf(schema)[key] ?? schema.additionalProperties;
    // An unknown field is left out.
    if (typeof known !== 'object' || known === null) delete copy[key];
    else copy[key] = standInFor(copy[key], known as Schema, restOf(paths));
  }
  return copy;
}

const restOf = (paths: readonly Keys[] = []): readonly Keys[] => paths.map(path => path.slice(1));
const itemsOf = (schema: Schema): Schema => (schema.items ?? {}) as Schema;
const fieldsOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema.properties ?? {}) as Record<string, Schema>;

/** The smallest value that fits a schema of ours. */
function example(schema: Schema): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(requiredOf(schema).map(key => [key, example(fieldsOf(schema)[key] ?? {})]));
    case 'array':
      return schema.minItems === undefined ? [] : [example(itemsOf(schema))];
    case 'integer':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    default:
      return EXAMPLES.find(text => new RegExp(String(schema.pattern ?? '')).test(text));
  }
}

/** The required keys; where there are alternatives, those of the first. */
function requiredOf({ required = [], oneOf = [] }: Schema): readonly string[] {
  const [first] = oneOf as readonly { readonly required: readonly string[] }[];
  return [...(required as readonly string[]), ...(first?.required ?? [])];
}

/** Sample texts, one of which matches each pattern. */
const EXAMPLES: readonly string[] = ['x', '2000-01-01T00:00:00Z'];
