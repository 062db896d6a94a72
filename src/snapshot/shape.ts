import { isMap, type Mapping } from '../source/mapping.ts';

/*
A list of what is kept of an object: a field that no shape names is removed, even one that a later Kubernetes adds. Shapes are
data, so that they can be asked about a path as well as about an object.
*/
export type Shape =
  | { readonly is: 'scalar' | 'words' | 'map' | 'any' }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'fields'; readonly fields: Readonly<Record<string, Shape>>; readonly others?: Shape }
  | { readonly is: 'read'; readonly read: (value: unknown) => unknown };

/** A string, a number or a boolean. */
export const SCALAR: Shape = { is: 'scalar' };
/** A list of scalars. */
export const WORDS: Shape = { is: 'words' };
/** A map of scalars with arbitrary keys, such as labels. */
export const MAP: Shape = { is: 'map' };
/** Everything below it. */
export const ANY: Shape = { is: 'any' };
/** Keeps its presence, but nothing within it. */
export const PRESENT: Shape = { is: 'fields', fields: {} };

export const list = (of: Shape): Shape => ({ is: 'list', of });

/**
 * A map with these fields.
 * @param scalars the names of those that are scalars, separated by spaces
 */
export const fields = (scalars: string, more: Readonly<Record<string, Shape>> = {}): Shape => ({
  is: 'fields',
  fields: {
    ...Object.fromEntries(
      scalars
        .split(' ')
        .filter(name => name !== '')
        .map(name => [name, SCALAR]),
    ),
    ...more,
  },
});

/** The same shape, which also keeps other names within it in another shape. */
export const withOthers = (shape: Shape, others: Shape): Shape =>
  shape.is === 'fields' ? { ...shape, others } : shape;

/** Keeps what a function makes of the value. */
export const as = (read: (value: unknown) => unknown): Shape => ({ is: 'read', read });

/** A copy with what a shape names, in its order; undefined where the value has another form. Pure. */
export function reduced(value: unknown, shape: Shape): unknown {
  switch (shape.is) {
    case 'scalar':
      return isScalar(value) ? value : undefined;
    case 'words':
      return Array.isArray(value) ? value.filter(isScalar) : undefined;
    case 'map':
      return isMap(value) ? mapOf(value) : undefined;
    case 'any':
      return within(value, MAX_LEVELS);
    case 'read':
      return shape.read(value);
    case 'list':
      return Array.isArray(value) ? value.map(one => reduced(one, shape.of) ?? {}) : undefined;
    default:
      return isMap(value) ? fieldsOf(value, shape) : undefined;
  }
}

function fieldsOf(value: Mapping, { fields: named, others }: Extract<Shape, { is: 'fields' }>): unknown {
  const kept: [string, unknown][] = [];
  const add = (name: string, shape: Shape): void => {
    const one = Object.hasOwn(value, name) ? reduced(value[name], shape) : undefined;
    if (one !== undefined) kept.push([name, one]);
  };
  for (const name in named) add(name, named[name] as Shape);
  if (others) {
    for (const name of Object.keys(value).toSorted()) if (!Object.hasOwn(named, name)) add(name, others);
  }
  return Object.fromEntries(kept);
}

/** A map ordered by its keys, so that the same object is always written alike. A null becomes an empty text, as in Go. */
export const mapOf = (value: Mapping): Mapping =>
  Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map(key => [key, value[key] ?? ''])
      .filter(([, one]) => isScalar(one)),
  );

/** No kind of this project is half as deep, but a file may be. */
const MAX_LEVELS = 64;

/** A copy without anything that is deeper. */
function within(value: unknown, levels: number): unknown {
  if (isScalar(value)) return value;
  if (levels === 0 || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.map(one => within(one, levels - 1) ?? null);
  const entries = Object.entries(value).map(([key, one]) => [key, within(one, levels - 1)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Whether a path is kept: each of its steps is named by the shape, and the value at its end is not changed.
 * @param path such as `['spec', 'containers', 'args']`, without indices of lists
 */
export function keeps(shape: Shape, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (shape.is === 'list') return keeps(shape.of, path);
  if (shape.is === 'read') return false;
  if (first === undefined || shape.is !== 'fields') return true;
  const next = Object.hasOwn(shape.fields, first) ? shape.fields[first] : shape.others;
  return next !== undefined && keeps(next, rest);
}
