import type { SourceDocument } from './document.ts';

/**
 * The items of a list, as documents that keep their lines; any other document by itself. Lists in lists are split too.
 * Of an object that came from an API server nothing is lost: those that are split here have no field of that name.
 */
export function splitList(document: SourceDocument): readonly SourceDocument[] {
  const items = itemsOf(document.value);
  if (!items) return [document];
  return items.flatMap((value, i) =>
    splitList({
      value,
      position: document.positionOf(['items', i]),
      positionOf: path => document.positionOf(['items', i, ...path]),
      writtenAt: path => document.writtenAt?.(['items', i, ...path]),
    }),
  );
}

/**
 * To kubectl whatever has items is a list, also a ConfigMap, and the items alone are applied (apimachinery
 * `unstructuredJSONScheme.decode`).
 */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (Array.isArray(items)) return items;
  // The API server writes an empty list as null. Of another kind, it is left to be judged as what it says it is.
  return items === null && typeof kind === 'string' && kind.endsWith('List') ? [] : undefined;
}
