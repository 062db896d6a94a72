import type { Reviewed } from '../../result.ts';

export interface NamespaceGroup {
  readonly name: string;
  readonly mode: string;
  readonly results: readonly Reviewed[];
}

/** The results grouped by namespace, sorted by name. */
export const byNamespace = (results: readonly Reviewed[]): readonly NamespaceGroup[] =>
  [...Map.groupBy(results, ({ namespace }) => namespace)]
    .map(([name, list]) => ({ name, mode: list[0]?.mode ?? '', results: list }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
