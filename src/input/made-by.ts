import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { additionsOf } from './additions.ts';
import { type Named, podOf } from './pod-of.ts';

/** Where what a controller adds stands in the object: the Pod's field path, and the object's. */
export type Origins = readonly (readonly [podField: string, keys: Keys])[];

/** A Pod as it comes before admission. */
export interface Made {
  readonly pod: unknown;
  readonly origins: Origins;
}

/**
 * The Pod of a template with what its controller adds, as far as a decision can turn on it: a claim keeps a Pod off some
 * sandboxes, selectors and rules read labels and owners, tolerations say on which nodes it can be. For which node a Pod of
 * a DaemonSet is is not added.
 * @param keys of the template in the object
 * @param template as it is there, or with more; what has no room for additions is left as it is
 */
export function madeBy(object: Mapping, keys: Keys, template: unknown, owner: Named): Made {
  const pod = podOf(template, owner);
  if (!isMap(pod) || !isMap(pod.metadata) || !isMap(pod.spec)) return { pod, origins: [] };
  const { metadata, spec } = pod;
  const additions = additionsOf(object, owner);
  const { volumes, origins } = withClaims(spec.volumes, claimsBeside(object, keys), owner);
  return {
    origins,
    pod: {
      ...pod,
      metadata: {
        ...metadata,
        ...(additions && {
          labels: merged(metadata.labels, additions.labels),
          ownerReferences: [{ ...additions.controller, controller: true }],
        }),
      },
      spec: {
        ...spec,
        ...(origins.length > 0 && { volumes }),
        ...(additions?.tolerations && { tolerations: joined(spec.tolerations, additions.tolerations) }),
      },
    },
  };
}

/** What is no map is a mistake of the author's, which is told. */
const merged = (labels: unknown, more: object): unknown =>
  labels === undefined || labels === null || isMap(labels) ? { ...labels, ...more } : labels;

const joined = (list: unknown, more: readonly object[]): unknown =>
  list === undefined || list === null ? more : Array.isArray(list) ? [...list, ...more] : list;

/** One of the claims that are made for each Pod. */
export interface Claim {
  readonly name: string;
  readonly keys: Keys;
}

/** `volumeClaimTemplates` of a map, whatever the kind: StatefulSets', and those of who took the word from them. */
export function claimsIn(map: unknown, at: Keys): readonly Claim[] {
  const list = valueAt(map, [CLAIMS]);
  if (!Array.isArray(list)) return [];
  return list.flatMap((claim, i) => {
    const name = valueAt(claim, ['metadata', 'name']);
    return typeof name === 'string' ? [{ name, keys: [...at, CLAIMS, i] }] : [];
  });
}

const CLAIMS = 'volumeClaimTemplates';

/** Beside the template; a Pod has none beside it. */
const claimsBeside = (object: Mapping, keys: Keys): readonly Claim[] => {
  const beside = keys.slice(0, -1);
  return keys.length > 0 ? claimsIn(valueAt(object, beside), beside) : [];
};

/** A claim takes the place of a volume of its name (`updateStorage` in pkg/controller/statefulset). */
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

/** The object's field path of a Pod's field, by the nearest origin above it; undefined where there is none. */
export function pathAt(origins: Origins, podField: string): string | undefined {
  const above = origins.filter(
    ([prefix]) =>
      podField === prefix || (/^[.[]/.test(podField.slice(prefix.length)) && podField.startsWith(prefix)),
  );
  const [nearest] = above.toSorted(([a], [b]) => b.length - a.length);
  return nearest && formatPath(nearest[1]) + podField.slice(nearest[0].length);
}
