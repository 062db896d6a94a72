import { isMap, type Mapping } from '../source/mapping.ts';

/** The owner of a Pod: a workload, or the Pod itself. */
export interface TopOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The controller of each object that was read, by `namespace/Kind/name`. */
export type Controllers = ReadonlyMap<string, TopOwner>;

/** The most steps from a Pod to its owner. ReplicaSet → Deployment and Job → CronJob are two; operators may add some. */
const MAX_STEPS = 8;

/** @param objects objects with at least their metadata, by kind, as partial objects of the API server do not state it */
export function controllersOf(objects: Readonly<Record<string, readonly Mapping[]>>): Controllers {
  const controllers = new Map<string, TopOwner>();
  for (const [kind, list] of Object.entries(objects)) {
    for (const object of list) {
      const controller = controllerOf(object);
      const { namespace, name } = isMap(object.metadata) ? object.metadata : {};
      if (controller) controllers.set(`${namespace}/${kind}/${name}`, controller);
    }
  }
  return controllers;
}

/** Follows controllers upwards as far as they are known; undefined for a Pod without one. */
export function topOwner(pod: Mapping, namespace: string, controllers: Controllers): TopOwner | undefined {
  let owner = controllerOf(pod);
  for (let step = 0; owner && step < MAX_STEPS; step++) {
    const above = controllers.get(`${namespace}/${owner.kind}/${owner.name}`);
    if (!above) break;
    owner = above;
  }
  return owner;
}

/** The one of several owners that says it controls (apimachinery `metav1.GetControllerOf`). */
export function controllerOf({ metadata }: Mapping): TopOwner | undefined {
  const references =
    isMap(metadata) && Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const found: unknown = references.find(reference => isMap(reference) && reference.controller === true);
  if (!isMap(found)) return undefined;
  return { apiVersion: String(found.apiVersion), kind: String(found.kind), name: String(found.name) };
}
