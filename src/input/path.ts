import { formatPath, type Keys } from '../source/path.ts';

/** A member, an index, or a key in brackets, with or without quotes (`annotations["a.b/c"]`, `annotations[a.b/c]`). */
const STEP = /\.?([^.[\]]+)|\[("(?:[^"\\]|\\.)*"|[^\]]*)\]/gy;

/** `spec.containers[0].name` → `['spec', 'containers', 0, 'name']`. */
export function parsePath(path: string): Keys {
  return Array.from(path.matchAll(STEP), ([, member, bracket]) => member ?? unbracket(bracket ?? ''));
}

function unbracket(inside: string): string | number {
  if (/^\d+$/.test(inside)) return Number(inside);
  if (!inside.startsWith('"')) return inside;
  try {
    return String(JSON.parse(inside));
  } catch {
    // A key that begins with a quote, written as it is: a place that is not found must not cost the answer.
    return inside;
  }
}

/** A Pod's field path as a path of the manifest whose template lies at `keys`. */
export function underTemplate(keys: Keys, podField: string): string {
  const prefix = formatPath(keys);
  if (!prefix || !podField) return prefix || podField;
  return podField.startsWith('[') ? `${prefix}${podField}` : `${prefix}.${podField}`;
}
