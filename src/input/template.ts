import { isMap, type Mapping } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';

/** Where the Pod template of a built-in kind lies; the Pod is its own. */
const KNOWN: ReadonlyMap<string, Keys> = new Map([
  ['v1/Pod', []],
  ['v1/PodTemplate', ['template']],
  ['v1/ReplicationController', ['spec', 'template']],
  ['apps/v1/Deployment', ['spec', 'template']],
  ['apps/v1/StatefulSet', ['spec', 'template']],
  ['apps/v1/DaemonSet', ['spec', 'template']],
  ['apps/v1/ReplicaSet', ['spec', 'template']],
  ['batch/v1/Job', ['spec', 'template']],
  ['batch/v1/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** Maps and lists; some times what the largest CustomResourceDefinitions have. More could stall the webhook. */
const MAX_PLACES = 200_000;

export interface Templates {
  readonly paths: readonly Keys[];
  /** The object is too large to be looked through: there may be others. */
  readonly tooLarge: boolean;
}

/** What is wrong with the `spec` of such an object. */
export const TOO_LARGE = `holds more than ${MAX_PLACES} maps and lists, too many to be looked through for Pod templates`;

/**
 * Where the Pod templates of an object lie: none, one, or several (a JobSet). Of a kind that is not built in, every
 * object under `spec` is one that hangs on a key ending in "template" and has a list `spec.containers`, as a
 * PodTemplateSpec is called by convention (Argo Rollout, Knative, Kubeflow, Ray, LeaderWorkerSet, OpenKruise, ...).
 */
export function templatesOf(object: Mapping): Templates {
  const known = KNOWN.get(`${object.apiVersion}/${object.kind}`);
  return known ? { paths: [known], tooLarge: false } : search(object.spec);
}

/** A map or a list, and the way to it; as a chain, so that depth costs nothing. */
interface Place {
  readonly node: object;
  readonly key: string | number;
  readonly parent?: Place;
}

/** In the order in which they are written. The stack is a list of its own: JSON may nest deeper than calls can. */
function search(spec: unknown): Templates {
  const paths: Keys[] = [];
  const stack: Place[] = isObject(spec) ? [{ node: spec, key: 'spec' }] : [];
  let places = 0;
  for (let place = stack.pop(); place; place = stack.pop()) {
    if (++places > MAX_PLACES) return { paths, tooLarge: true };
    if (isTemplate(place)) paths.push(pathTo(place));
    else addChildren(place, stack);
  }
  return { paths, tooLarge: false };
}

/** Last first, as the last is taken first. Scalars hold nothing, and are not counted. */
function addChildren(parent: Place, stack: Place[]): void {
  const { node } = parent;
  const entries: [string | number, unknown][] = Array.isArray(node)
    ? [...node.entries()]
    : Object.entries(node);
  for (const [key, child] of entries.reverse()) if (isObject(child)) stack.push({ node: child, key, parent });
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function pathTo(place: Place): Keys {
  const keys: (string | number)[] = [];
  for (let at: Place | undefined = place; at; at = at.parent) keys.push(at.key);
  return keys.reverse();
}

function isTemplate({ node, key }: Place): boolean {
  if (!/template$/i.test(String(key)) || !isMap(node)) return false;
  return isMap(node.spec) && Array.isArray(node.spec.containers);
}

/** What the path says of a template that is one of several: the names on its way (`workers`), or the keys. */
export function partName(object: Mapping, at: Keys): string {
  const names: string[] = [];
  let node: unknown = object;
  for (const key of at) {
    node = (node as Record<string | number, unknown>)[key];
    if (typeof key === 'number') {
      names.push(isMap(node) && typeof node.name === 'string' ? node.name : String(key));
    }
  }
  return names.length > 0 ? names.join('/') : at.filter(key => key !== 'spec').join('.');
}
