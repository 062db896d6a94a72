import { isMap, type Mapping } from '../source/mapping.ts';
import { type Keys, valueAt } from '../source/path.ts';
import { knownTemplate } from './known.ts';
import { MAX_PLACES, search } from './search.ts';

export interface Templates {
  readonly paths: readonly Keys[];
  /** The object is too large to be looked through: there may be others. */
  readonly tooLarge: boolean;
}

/** What is wrong with the `spec` of such an object. */
export const TOO_LARGE = `holds more than ${MAX_PLACES} maps and lists, too many to be looked through for Pod templates`;

/** Where the whole Pod templates of an object lie, and those of the objects within it: none, one, or several (a JobSet). */
export function templatesOf(object: Mapping): Templates {
  const known = knownTemplate(object);
  if (known) return { paths: [known], tooLarge: false };
  const { templates, objects, tooLarge } = search(object);
  const within = objects.map(keys => ({ keys, ...templatesOf(valueAt(object, keys) as Mapping) }));
  return {
    paths: [...templates, ...within.flatMap(({ keys, paths }) => paths.map(path => [...keys, ...path]))],
    tooLarge: tooLarge || within.some(one => one.tooLarge),
  };
}

/** What the path says of a template that is one of several: the names on its way (`workers`), or the keys. */
export function partName(object: Mapping, at: Keys): string {
  const names: string[] = [];
  let node: unknown = object;
  for (const key of at) {
    node = (node as Record<string | number, unknown>)[key];
    if (typeof key === 'number') {
      names.push(isMap(node) && typeof node.name === 'string' ? node.name : String(key));
    }
  }
  return names.length > 0 ? names.join('/') : at.filter(key => key !== 'spec').join('.');
}
