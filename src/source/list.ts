import type { Problem, SourceDocument } from './document.ts';
import { MAX_OBJECTS } from './limits.ts';
import { isMap } from './mapping.ts';

/** The objects of a file, with lists split into their items: as many as a file may have, and a problem where there are more. */
export function objectsOf(documents: readonly SourceDocument[]): {
  readonly objects: readonly SourceDocument[];
  readonly problems: readonly Problem[];
} {
  const objects: SourceDocument[] = [];
  for (const object of eachObject(documents)) {
    if (objects.length < MAX_OBJECTS) objects.push(object);
    else return { objects, problems: [tooMany(object)] };
  }
  return { objects, problems: [] };
}

const tooMany = ({ position }: SourceDocument): Problem => ({
  severity: 'error',
  position,
  path: '',
  message: `more than ${MAX_OBJECTS} objects in this file; what follows was not read`,
  fix: 'Split the file.',
});

/** Whether it has an apiVersion and a kind: without either, kubectl takes it for no object. */
export const isKubernetesObject = (value: unknown): boolean =>
  isMap(value) && isWord(value.apiVersion) && isWord(value.kind);

function* eachObject(documents: readonly SourceDocument[]): Generator<SourceDocument> {
  for (const document of documents) yield* eachItem(document);
}

/**
 * The items of a list, as documents that keep their lines; any other document by itself. Lists in lists are split, too. Nothing
 * of an object from an API server is lost, as the objects that are split here have no field of that name.
 */
export const splitList = (document: SourceDocument): readonly SourceDocument[] => [...eachItem(document)];

function* eachItem(document: SourceDocument): Generator<SourceDocument> {
  const items = itemsOf(document.value);
  if (items) for (const [i, value] of items.entries()) yield* eachItem(itemAt(document, i, value));
  else yield document;
}

const itemAt = (list: SourceDocument, i: number, value: unknown): SourceDocument => ({
  value: typed(value, list.value),
  // It is looked up only when needed, as nobody asks for most items.
  get position() {
    return list.positionOf(['items', i]);
  },
  positionOf: path => list.positionOf(['items', i, ...path]),
  writtenAt: path => list.writtenAt?.(['items', i, ...path]),
  ...(list.repeats && { repeats: list.repeats }),
});

/**
 * Adds apiVersion and kind, which the API server leaves out of the items of a PodList; kubectl takes them from the list
 * (apimachinery `unstructuredJSONScheme.decodeToList`).
 */
function typed(item: unknown, list: unknown): unknown {
  if (!isMap(item) || !isMap(list) || isWord(item.apiVersion) || isWord(item.kind)) return item;
  if (!isWord(list.apiVersion) || !isWord(list.kind)) return item;
  return { ...item, apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') };
}

const isWord = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * For kubectl, whatever has items is a list, even a ConfigMap, and only its items are applied (apimachinery
 * `unstructuredJSONScheme.decode`).
 */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, items } = value as { kind?: unknown; items?: unknown };
  if (Array.isArray(items)) return items;
  // The API server writes an empty list as null. An object of another kind is judged as what it says it is.
  return items === null && typeof kind === 'string' && kind.endsWith('List') ? [] : undefined;
}
