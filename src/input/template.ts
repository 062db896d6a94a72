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

/** JobSet, the deepest that is known, lies at 6 (`spec.replicatedJobs[0].template.spec.template`); a manifest inside one adds some. */
const MAX_DEPTH = 12;
/** More places than any real object has. */
const MAX_PLACES = 10_000;

/**
 * Where the Pod templates of an object lie: none, one, or several (a JobSet). Of a kind that is not built in, every
 * object under `spec` is one that hangs on a key ending in "template" and has a list `spec.containers`, as a
 * PodTemplateSpec is called by convention (Argo Rollout, Knative, Kubeflow, Ray, LeaderWorkerSet, OpenKruise, ...).
 */
export function templatesOf(object: Mapping): readonly Keys[] {
  const known = KNOWN.get(`${object.apiVersion}/${object.kind}`);
  if (known) return [known];
  const found: Keys[] = [];
  const budget = { places: MAX_PLACES };
  search(object.spec, ['spec'], budget, found);
  return found;
}

function search(node: unknown, at: Keys, budget: { places: number }, found: Keys[]): void {
  if (budget.places-- <= 0 || at.length > MAX_DEPTH || typeof node !== 'object' || node === null) return;
  if (isTemplate(node, at)) {
    found.push(at);
    return;
  }
  const entries = Array.isArray(node) ? node.entries() : Object.entries(node);
  for (const [key, child] of entries) search(child, [...at, key], budget, found);
}

function isTemplate(node: object, at: Keys): boolean {
  if (!/template$/i.test(String(at.at(-1))) || !isMap(node)) return false;
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
