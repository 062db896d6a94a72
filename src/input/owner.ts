import { isMap, type Mapping } from '../source/mapping.ts';

/** What a Pod belongs to: a workload, or the Pod itself. */
export interface TopOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The controller of each object that was read, by `namespace/Kind/name`. */
export type Controllers = ReadonlyMap<string, TopOwner>;

/** ReplicaSet → Deployment, Job → CronJob: two steps are what Kubernetes has; operators may add some. */
const MAX_STEPS = 8;

/** @param objects with their metadata at least, by kind: the API server's partial objects do not say theirs */
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

/** Follows controllers up as far as they are known; undefined for a Pod that nothing controls. */
export function topOwner(pod: Mapping, namespace: string, controllers: Controllers): TopOwner | undefined {
  let owner = controllerOf(pod);
  for (let step = 0; owner && step < MAX_STEPS; step++) {
    const above = controllers.get(`${namespace}/${owner.kind}/${owner.name}`);
    if (!above) break;
    owner = above;
  }
  return owner;
}

/** apimachinery `metav1.GetControllerOf`: of several owners, the one that says it controls. */
export function controllerOf({ metadata }: Mapping): TopOwner | undefined {
  const references =
    isMap(metadata) && Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const found: unknown = references.find(reference => isMap(reference) && reference.controller === true);
  if (!isMap(found)) return undefined;
  return { apiVersion: String(found.apiVersion), kind: String(found.kind), name: String(found.name) };
}
