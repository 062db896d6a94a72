import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { knownTemplate } from './known.ts';
import { MAX_PLACES, search } from './search.ts';

export interface Templates {
  readonly paths: readonly Keys[];
  /** Whether the object is too large to be searched, so that there may be others. */
  readonly tooLarge: boolean;
}

/** What is wrong with the `spec` of such an object. */
export const TOO_LARGE = `holds more than ${MAX_PLACES} maps and lists, too many to be looked through for Pod templates`;

/** The paths of an object's whole Pod templates, and of those of the objects within it: none, one, or several (a JobSet). */
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

/**
 * A name for each of several templates: the names on its path (`workers`), or the path itself, where something on it has no
 * name, or another template has the same ones.
 */
export function partNames(object: Mapping, parts: readonly Keys[]): ReadonlyMap<Keys, string> {
  const choices = parts.map(keys => {
    const short = formatPath(keys.filter(key => key !== 'spec'));
    return { keys, names: [...new Set([namesTo(object, keys) ?? short, short, formatPath(keys)])] };
  });
  const times = new Map<string, number>();
  for (const name of choices.flatMap(({ names }) => names)) times.set(name, (times.get(name) ?? 0) + 1);
  return new Map(
    choices.map(({ keys, names }) => [keys, names.find(name => times.get(name) === 1) ?? formatPath(keys)]),
  );
}

/** The names of the list items on the path; undefined where there is none, or one has no name. */
function namesTo(object: Mapping, at: Keys): string | undefined {
  const names: string[] = [];
  let node: unknown = object;
  for (const key of at) {
    // What was filled in from elsewhere is not there.
    node = valueAt(node, [key]);
    if (typeof key !== 'number') continue;
    if (!isMap(node) || typeof node.name !== 'string' || node.name === '') return undefined;
    names.push(node.name);
  }
  return names.length > 0 ? names.join('/') : undefined;
}
