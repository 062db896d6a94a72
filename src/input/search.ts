import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { filledIn } from './defaults.ts';
import { isAside } from './kinds.ts';
import { knownTemplate } from './known.ts';
import { isContainerList, isPlainContainer, reachesHost } from './shape.ts';

/**
 * The most maps and lists of an object: several times those of the largest CustomResourceDefinitions. More could stall the
 * webhook.
 */
export const MAX_PLACES = 200_000;

/** A map or a list, and the way to it, as a chain, so that depth costs nothing. */
export interface Place {
  readonly node: object;
  readonly key: string | number;
  readonly parent?: Place;
}

/** The keys by field path, as one object may have many. */
export type Moved = ReadonlyMap<string, Keys>;

/** The place that a path refers to. */
export function whereIs(path: string, moved: Moved): string {
  for (
    let end = path.length;
    end > 0;
    end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))
  ) {
    const from = moved.get(path.slice(0, end));
    if (from) return formatPath(from) + path.slice(end);
  }
  return path;
}

/** What an object of an unknown kind contains, each in the order in which it is written. */
export interface SearchResult {
  /** The paths of whole Pod templates. */
  readonly templates: readonly Keys[];
  /** The paths of objects within the object, which ManifestWork, Crossplane and an OpenShift Template have others create. */
  readonly objects: readonly Keys[];
  /** Maps that hold a part of a Pod. */
  readonly parts: readonly Place[];
  /** Where the parts say that something is, and where it really is: it was filled in from there. */
  readonly moved: Moved;
  /** Whether there may be others. */
  readonly tooLarge: boolean;
}

/** Searches an object, except for its metadata and status. Its depth does not matter, as JSON may nest deeper than calls. */
export function search(object: Mapping): SearchResult {
  const templates: Keys[] = [];
  const objects: Keys[] = [];
  const parts: Place[] = [];
  const moved = new Map<string, Keys>();
  const stack = childrenOf(object, undefined, key => !/^(metadata|status)$/.test(String(key)));
  let places = 0;
  for (let found = stack.pop(); found; found = stack.pop()) {
    const place = filled(found, MAX_PLACES - ++places, moved);
    if (!place || places + moved.size > MAX_PLACES)
      return { templates, objects, parts, moved, tooLarge: true };
    if (isTemplate(place)) templates.push(pathTo(place));
    else if (isNested(place.node)) objects.push(pathTo(place));
    else {
      if (isPart(place)) parts.push(place);
      const wanted = (key: string | number, child: object): boolean =>
        !isAside(key) && !isPlainContainer(child, nameOf(place, key));
      for (const child of childrenOf(place.node, place, wanted)) stack.push(child);
    }
  }
  return { templates, objects, parts, moved, tooLarge: false };
}

/** A place with the defaults beside its lists filled into their items; undefined where that is too much. */
function filled(place: Place, most: number, moved: Map<string, Keys>): Place | undefined {
  if (!isMap(place.node)) return place;
  const filling = filledIn(place.node, most - moved.size);
  if (!filling || filling.moved.length === 0) return filling && place;
  const keys = pathTo(place);
  for (const [at, from] of filling.moved) moved.set(formatPath([...keys, ...at]), [...keys, ...from]);
  return { ...place, node: filling.map };
}

/** Items of a list have the key of the list. */
const nameOf = ({ node, key }: Place, child: string | number): string =>
  String(Array.isArray(node) ? key : child);

/** The children, the last one first, as the last is taken first. Scalars contain nothing, and are not counted. */
function childrenOf(
  node: object,
  parent: Place | undefined,
  wanted: (key: string | number, child: object) => boolean,
): Place[] {
  const entries: [string | number, unknown][] = Array.isArray(node)
    ? [...node.entries()]
    : Object.entries(node);
  return entries
    .filter((entry): entry is [string | number, object] => isObject(entry[1]) && wanted(entry[0], entry[1]))
    .map(([key, child]) => ({ node: child, key, ...(parent && { parent }) }))
    .reverse();
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isNamed = (metadata: unknown): boolean =>
  isMap(metadata) && typeof (metadata.name ?? metadata.generateName) === 'string';

/** Whether it is an object of its own, and not a reference to one. */
function isNested(node: object): boolean {
  if (!isMap(node) || typeof node.apiVersion !== 'string' || typeof node.kind !== 'string') return false;
  const template = knownTemplate(node);
  if (template) return isMap(valueAt(node, [...template, 'spec']));
  return isNamed(node.metadata) || isMap(node.spec) || Array.isArray(node.items);
}

/**
 * By convention, the value of a key that ends in "template" and has a list `spec.containers` is a PodTemplateSpec (Argo
 * Rollout, Knative, Kubeflow, Ray, LeaderWorkerSet, OpenKruise, ...).
 */
function isTemplate({ node, key }: Place): boolean {
  if (!/template$/i.test(String(key)) || !isMap(node)) return false;
  // A Pod with a name of its own is an object, whatever its key (a ResourceGraphDefinition's `template` is any object).
  if (node.kind === 'Pod' && isNamed(node.metadata)) return false;
  // An empty list is no template: the controller fills it in (Crossplane's DeploymentRuntimeConfig).
  return isMap(node.spec) && Array.isArray(node.spec.containers) && node.spec.containers.length > 0;
}

function isPart({ node, key }: Place): boolean {
  if (!isMap(node)) return false;
  if (isPodTemplate(key) || reachesHost(node)) return true;
  return Object.entries(node).some(
    ([name, child]) => isContainerList(child, name) || isPlainContainer(child, name),
  );
}

/** Whether a key is that of settings for the Pods that the object makes, beside their containers (Tekton). */
export const isPodTemplate = (key: string | number): boolean => /podTemplate$/i.test(String(key));

/** The path from the root of the object. */
export function pathTo(place: Place): Keys {
  const keys: (string | number)[] = [];
  for (let at: Place | undefined = place; at; at = at.parent) keys.push(at.key);
  return keys.reverse();
}
