import type { SourceDocument } from './document.ts';

/**
 * The items of a `List` (or `PodList`, `DeploymentList`, …), as documents that keep their lines; any other document by
 * itself. Lists in lists are split too.
 */
export function splitList(document: SourceDocument): readonly SourceDocument[] {
  const items = itemsOf(document.value);
  if (!items) return [document];
  return items.flatMap((value, i) =>
    splitList({
      value,
      position: document.positionOf(['items', i]),
      positionOf: path => document.positionOf(['items', i, ...path]),
    }),
  );
}

/** apimachinery `meta.IsListType` goes by Go types; on the wire a list is told by its kind and its items. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (typeof kind !== 'string' || !kind.endsWith('List')) return undefined;
  // The API server writes an empty list as null.
  return Array.isArray(items) ? items : items === null ? [] : undefined;
}
