import { formatPath, type Keys, valueAt } from '../source/path.ts';

/** A change of a manifest, as in JSON Patch (RFC 6902). */
export interface ManifestEdit {
  readonly op: 'add' | 'remove' | 'replace';
  /** The path from the root of the object. */
  readonly keys: Keys;
  /** The new value of a field that is added or replaced. */
  readonly value?: string;
}

type Holder = Record<string | number, unknown> | unknown[];

/**
 * The same edits, each once; those that would leave a map or a list empty are replaced by one that removes it. Items are
 * removed from the end of their list, so that each path holds when its turn comes.
 * @param value the object that they are edits of
 */
export function tidied(value: unknown, edits: readonly ManifestEdit[]): readonly ManifestEdit[] {
  const byPath = new Map(edits.map(edit => [formatPath(edit.keys), edit]));
  for (let again = true; again; ) {
    const byHolder = Map.groupBy(byPath.values(), ({ keys }) => formatPath(keys.slice(0, -1)));
    const emptied = [...byHolder].filter(
      ([path, own]) =>
        path !== '' &&
        own.every(({ op }) => op === 'remove') &&
        own.length === sizeOf(valueAt(value, own[0]?.keys.slice(0, -1) ?? [])),
    );
    for (const [path, own] of emptied) {
      for (const { keys } of own) byPath.delete(formatPath(keys));
      byPath.set(path, { op: 'remove', keys: own[0]?.keys.slice(0, -1) ?? [] });
    }
    again = emptied.length > 0;
  }
  const all = [...byPath.values()];
  return all.filter(({ keys }) => !all.some(other => isWithin(keys, other.keys))).toSorted(fromTheEnd);
}

const sizeOf = (holder: unknown): number =>
  typeof holder === 'object' && holder !== null ? Object.keys(holder).length : -1;

/** Whether the other edit changes something that contains it. */
const isWithin = (keys: Keys, other: Keys): boolean =>
  other.length < keys.length && other.every((key, i) => keys[i] === key);

/** Orders edits by path, and items of a list from its end. */
function fromTheEnd({ keys: a }: ManifestEdit, { keys: b }: ManifestEdit): number {
  const at = a.findIndex((key, i) => key !== b[i]);
  const [one = '', other = ''] = [a[at], b[at]];
  if (typeof one === 'number' && typeof other === 'number') return other - one;
  return String(one) < String(other) ? -1 : 1;
}

/**
 * A copy of the object with these edits. A value that counts in several places, by an alias of YAML, changes in all of them, as
 * its text does.
 */
export function edited(value: unknown, edits: readonly ManifestEdit[]): unknown {
  const copy = structuredClone(value);
  const removals = new Map<Holder, Set<string | number>>();
  for (const { op, keys, value: put } of edits) {
    const holder = valueAt(copy, keys.slice(0, -1)) as Holder | undefined;
    const key = keys.at(-1);
    if (holder === undefined || key === undefined) continue;
    if (op !== 'remove') (holder as Record<string | number, unknown>)[key] = put;
    else removals.set(holder, (removals.get(holder) ?? new Set()).add(key));
  }
  for (const [holder, keys] of removals) {
    if (Array.isArray(holder)) holder.splice(0, holder.length, ...holder.filter((_, i) => !keys.has(i)));
    else for (const key of keys) delete holder[key];
  }
  return copy;
}

/** A JSON pointer (RFC 6901). */
export const pointerOf = (keys: Keys): string =>
  keys.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
