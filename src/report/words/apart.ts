import { placeRead } from '../../source/document.ts';
import { clean } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';

/**
 * What distinguishes objects with the same kind, name and namespace, as in a chart for two clusters: as much of the file's path
 * as is needed, and the line where one file has several. Objects with a name of their own are left out, and so are Pods of a
 * cluster, which have no file.
 */
export function placesApart(results: readonly Reviewed[]): ReadonlyMap<Reviewed, string> {
  const ofFiles = results.filter(({ owner }) => owner === undefined);
  const groups = Map.groupBy(ofFiles, ({ namespace, kind, name }) => JSON.stringify([namespace, kind, name]));
  return new Map([...groups.values()].filter(some => some.length > 1).flatMap(apart));
}

function apart(some: readonly Reviewed[]): readonly (readonly [Reviewed, string])[] {
  // A file that was named twice is read twice.
  if (new Set(some.map(({ source }) => JSON.stringify(placeRead(source)))).size === 1) return [];
  const byFile = Map.groupBy(some, ({ source }) => placeRead(source).file);
  const tails = tailsOf([...byFile.keys()]);
  return [...byFile].flatMap(([file, own]) => {
    const isLined = new Set(own.map(({ source }) => placeRead(source).line)).size === own.length;
    return own.map((one): readonly [Reviewed, string] => {
      const { line, column } = placeRead(one.source);
      const at = isLined ? [line] : [line, column];
      const numbers = own.length > 1 ? at.filter(number => number !== undefined) : [];
      const name = byFile.size > 1 ? clean(tails.get(file) ?? file) : '';
      const words =
        name === '' && numbers.length > 0 ? `line ${numbers.join(':')}` : [name, ...numbers].join(':');
      return [one, words];
    });
  });
}

/** The ends of paths, each as long as is needed to distinguish it from all others. */
function tailsOf(files: readonly string[]): ReadonlyMap<string, string> {
  const most = Math.max(...files.map(file => file.split('/').length));
  for (let parts = 1; parts < most; parts++) {
    const tails = new Map(files.map(file => [file, file.split('/').slice(-parts).join('/')]));
    if (new Set(tails.values()).size === files.length) return tails;
  }
  return new Map(files.map(file => [file, file]));
}

/** ` (b/web.yaml)`, to follow a name; empty where nothing else has that name. */
export function apartWords(result: Reviewed, places: ReadonlyMap<Reviewed, string>): string {
  const place = places.get(result);
  return place === undefined || place === '' ? '' : ` (${place})`;
}
