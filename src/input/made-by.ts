import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { type Additions, additionsOf } from './additions.ts';
import { type Named, podOf } from './pod-of.ts';

/** The places in the object of what a controller adds: the Pod's field path, and the object's. */
export type Origins = readonly (readonly [podField: string, keys: Keys])[];

/** A Pod as it is before admission. */
export interface Made {
  readonly pod: unknown;
  readonly origins: Origins;
}

/**
 * The Pod of a template with what its controller adds: a claim keeps a Pod off some sandboxes, selectors and rules read labels,
 * owners and other fields, and tolerations decide on which nodes it can be. The node of a DaemonSet's Pod is not added.
 * @param keys the template's path in the object
 * @param template as it is there, or with more; parts with no room for additions are not changed
 */
export function madeBy(object: Mapping, keys: Keys, template: unknown, owner: Named): Made {
  const pod = podOf(template, owner);
  if (!isMap(pod) || !isMap(pod.metadata) || !isMap(pod.spec)) return { pod, origins: [] };
  const { volumes, origins } = withClaims(pod.spec.volumes, claimsBeside(object, keys), owner);
  const claiming = { ...pod.spec, ...(origins.length > 0 && { volumes }) };
  const additions = additionsOf(object, owner);
  if (!additions) return { origins, pod: { ...pod, spec: claiming } };
  return {
    origins,
    pod: { ...pod, metadata: metadataOf(pod.metadata, additions), spec: specOf(claiming, additions) },
  };
}

function metadataOf(metadata: Mapping, additions: Additions): Mapping {
  const { controller, name, generateName, labels, annotations, finalizers } = additions;
  const reference = { ...controller, uid: '0', controller: true, blockOwnerDeletion: true };
  return {
    ...metadata,
    ...(name !== undefined && { name }),
    generateName,
    labels: merged(metadata.labels, labels),
    annotations: merged(metadata.annotations, annotations),
    ...(finalizers && { finalizers: joined(metadata.finalizers, finalizers) }),
    ownerReferences: [reference],
  };
}

function specOf(spec: Mapping, { hostname, subdomain, tolerations, env }: Additions): Mapping {
  return {
    ...spec,
    ...(hostname !== undefined && { hostname }),
    ...(subdomain !== undefined && { subdomain }),
    ...(tolerations && { tolerations: joined(spec.tolerations, tolerations) }),
    ...(env && { containers: eachWith(spec.containers, env) }),
    ...(env && { initContainers: eachWith(spec.initContainers, env) }),
  };
}

/** The containers, each with these variables except for those that it has. */
const eachWith = (containers: unknown, env: NonNullable<Additions['env']>): unknown =>
  Array.isArray(containers)
    ? containers.map(one => {
        if (!isMap(one)) return one;
        const own = Array.isArray(one.env) ? one.env.map(variable => valueAt(variable, ['name'])) : [];
        return {
          ...one,
          env: joined(
            one.env,
            env.filter(({ name }) => !own.includes(name)),
          ),
        };
      })
    : containers;

/** Merges maps; anything else is a mistake of the author's, and is reported. */
const merged = (map: unknown, more: object | undefined): unknown =>
  more && (map === undefined || map === null || isMap(map)) ? { ...map, ...more } : map;

const joined = (list: unknown, more: readonly unknown[]): unknown =>
  list === undefined || list === null ? more : Array.isArray(list) ? [...list, ...more] : list;

/** One of the claims that are made for each Pod. */
export interface Claim {
  readonly name: string;
  readonly keys: Keys;
}

/** The `volumeClaimTemplates` of a map of any kind: those of StatefulSets, and of operators that use the same name. */
export function claimsIn(map: unknown, at: Keys): readonly Claim[] {
  const list = valueAt(map, [CLAIMS]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((claim, i) => {
    const name = valueAt(claim, ['metadata', 'name']);
    return typeof name === 'string' ? [{ name, keys: [...at, CLAIMS, i] }] : [];
  });
}

const CLAIMS = 'volumeClaimTemplates';

/** The claims beside the template; a Pod has none. */
const claimsBeside = (object: Mapping, keys: Keys): readonly Claim[] => {
  const beside = keys.slice(0, -1);
  return keys.length > 0 ? claimsIn(valueAt(object, beside), beside) : [];
};

/** A claim replaces a volume with its name (`updateStorage` in pkg/controller/statefulset). */
export function withClaims(
  volumes: unknown,
  claims: readonly Claim[],
  { name: owner }: Pick<Named, 'name'>,
): { readonly volumes: readonly unknown[]; readonly origins: Origins } {
  if (!(volumes === undefined || volumes === null || Array.isArray(volumes))) {
    return { volumes: [], origins: [] };
  }
  const all: unknown[] = [...(volumes ?? [])];
  const byName = new Map(all.map((volume, i) => [valueAt(volume, ['name']), i]));
  const origins = claims.flatMap(({ name, keys }) => {
    const at = byName.get(name) ?? all.length;
    byName.set(name, at);
    all[at] = { name, persistentVolumeClaim: { claimName: `${name}-${owner}-0` } };
    const path = `spec.volumes[${at}]`;
    return [[`${path}.persistentVolumeClaim`, keys] as const, [path, keys] as const];
  });
  return { volumes: all, origins };
}

/** The field path in the object for a Pod's field, by the nearest origin above it; undefined where there is none. */
export function pathAt(origins: Origins, podField: string): string | undefined {
  const above = origins.filter(
    ([prefix]) =>
      podField === prefix || (/^[.[]/.test(podField.slice(prefix.length)) && podField.startsWith(prefix)),
  );
  const [nearest] = above.toSorted(([a], [b]) => b.length - a.length);
  return nearest && formatPath(nearest[1]) + podField.slice(nearest[0].length);
}
