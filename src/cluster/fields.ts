import type { StringMap } from '../pod/kube.ts';
import { describeValue } from '../source/describe.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';

/** An object of the cluster as it was read, and where to report what is wrong with it. */
export interface Fields {
  readonly document: SourceDocument;
  /** `Kind/name`, for problems. */
  readonly object: string;
  /** Problems are added here. */
  readonly problems: Problem[];
}

/** The value at a path of the document; null counts as absent, as it does for the API server. */
export const read = (document: SourceDocument, path: Keys): unknown =>
  valueAt(document.value, path) ?? undefined;

/** A required string. */
export function text(fields: Fields, path: Keys): string | undefined {
  const value = optionalText(fields, path);
  if (value === undefined && read(fields.document, path) === undefined)
    report(fields, path, 'nothing', 'a string');
  return value;
}

export function optionalText(fields: Fields, path: Keys): string | undefined {
  const value = read(fields.document, path);
  if (value === undefined || typeof value === 'string') return value;
  return report(fields, path, describeValue(value), 'a string');
}

export function flag(fields: Fields, path: Keys): boolean {
  const value = read(fields.document, path);
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  report(fields, path, describeValue(value), 'true or false');
  return false;
}

export function optionalNumber(fields: Fields, path: Keys): number | undefined {
  const value = read(fields.document, path);
  if (value === undefined || typeof value === 'number') return value;
  return report(fields, path, describeValue(value), 'a number');
}

/** The number of entries of a list; 0 when it is absent. */
export function count(fields: Fields, path: Keys): number {
  const value = read(fields.document, path);
  if (value === undefined) return 0;
  if (Array.isArray(value)) return value.length;
  report(fields, path, describeValue(value), 'a list');
  return 0;
}

/** A map of strings. With `quantities`, numbers count as strings, too: the API server accepts `cpu: 1` for `cpu: "1"`. */
export function textMap(fields: Fields, path: Keys, quantities = false): StringMap {
  const value = read(fields.document, path) ?? {};
  if (!isMap(value)) {
    report(fields, path, describeValue(value), 'a map');
    return {};
  }
  const entries: [string, string][] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'string') entries.push([key, entry]);
    else if (quantities && typeof entry === 'number') entries.push([key, String(entry)]);
    else report(fields, [...path, key], describeValue(entry), 'a string');
  }
  return Object.freeze(Object.fromEntries(entries));
}

/** Adds a problem: `found` where `expected` should be. */
function report(fields: Fields, path: Keys, found: string, expected: string): undefined {
  fields.problems.push({
    severity: 'error',
    position: fields.document.positionOf(path),
    object: fields.object,
    path: formatPath(path),
    message: `found ${found}, expected ${expected}`,
    fix: 'Give the object as `kubectl get -o yaml` prints it.',
  });
}
