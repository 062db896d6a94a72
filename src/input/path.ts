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
    // This is a key that begins with a quote and is written unquoted; a place that cannot be found must not prevent the answer.
    return inside;
  }
}

/** The path in the manifest for a Pod's field, where the template is at `keys`. */
export function underTemplate(keys: Keys, podField: string): string {
  const prefix = formatPath(keys);
  if (!prefix || !podField) return prefix || podField;
  return podField.startsWith('[') ? `${prefix}${podField}` : `${prefix}.${podField}`;
}
