import type { SourceDocument } from '../source/document.ts';
import { type Keys, valueAt } from '../source/path.ts';

/**
 * What is in place of a text because its quotes are missing, and the fix; undefined for anything else. A number is not
 * repeated, as it may be a secret in the wrong place.
 */
export function unquoted(
  document: SourceDocument,
  keys: Keys,
): { readonly found: string; readonly fix: string } | undefined {
  const value = valueAt(document.value, keys);
  if (typeof value === 'number') return { found: 'a number', fix: 'Put it in quotes.' };
  if (typeof value !== 'boolean') return undefined;
  const written = document.writtenAt?.(keys) ?? String(value);
  const meaning = written === String(value) ? '' : `, which YAML takes for ${value}`;
  return { found: `${written}${meaning}`, fix: `Put it in quotes: "${written}".` };
}
