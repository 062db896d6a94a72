import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { type Claim, claimsIn, type Origins, pathAt, withClaims } from './made-by.ts';
import { patched, podSpecPatchIn, unreadPatchIn } from './pod-spec-patch.ts';
import { isPodTemplate, type Place, pathTo } from './search.ts';
import {
  contextsOf,
  isContainerList,
  isPlainContainer,
  isVolumeList,
  ofContainer,
  reachesHost,
} from './shape.ts';

/** A Pod assembled from what an object says about it. What its controller adds is not known. */
export interface Assembled {
  readonly pod: Mapping;
  readonly origins: Origins;
  /** The map that holds most of it. */
  readonly keys: Keys;
  /** Patches of it that cannot be read before their placeholders are filled in. */
  readonly unread: readonly Keys[];
}

/**
 * One Pod for each part with containers, together with what is above it, as an Argo Workflow's `hostNetwork` is above its
 * templates; and one for each part without containers that reaches the host.
 */
export function assemble(parts: readonly Place[]): readonly Assembled[] {
  const makers = parts.filter(hasContainers);
  const settings = parts.filter(part => !hasContainers(part));
  const over = (above: Place): Place[] => makers.filter(maker => isAbove(above.node, maker));
  const beside = new Map<Place, Place[]>();
  const alone: Place[] = [];
  for (const part of settings) {
    const reached = isPodTemplate(part.key) && over(part).length === 0 ? besideOf(part, makers) : over(part);
    if (reached.length === 0 && reachesHost(part.node as Mapping)) alone.push(part);
    for (const maker of reached) beside.set(maker, [...(beside.get(maker) ?? []), part]);
  }
  const inOrder = parts.filter(part => makers.includes(part) || alone.includes(part));
  return inOrder.flatMap(part => podsOf(part, beside.get(part) ?? []));
}

/** The containers that settings of a Pod apply to: those below the nearest map above both, within one item of a list. */
function besideOf(part: Place, makers: readonly Place[]): Place[] {
  for (let at: Place | undefined = part; at; at = at.parent) {
    const above = at.parent;
    const reached = makers.filter(maker => !above || maker.node === above.node || isAbove(above.node, maker));
    if (reached.length > 0) return reached;
    if (!above || Array.isArray(above.node)) return [];
  }
  return [];
}

function isAbove(node: object, place: Place): boolean {
  for (let at = place.parent; at; at = at.parent) if (at.node === node) return true;
  return false;
}

const hasContainers = ({ node }: Place): boolean =>
  isMap(node) &&
  (Object.entries(node).some(([key, child]) => isContainerList(child, key) || isPlainContainer(child, key)) ||
    contextsOf(node).some(([, context]) => ofContainer(context)));

const SCALARS = [
  ...[
    'hostNetwork',
    'hostPID',
    'hostIPC',
    'hostUsers',
    'shareProcessNamespace',
    'runtimeClassName',
    'nodeName',
  ],
  ...['nodeSelector', 'tolerations', 'affinity', 'os', 'serviceAccountName', 'automountServiceAccountToken'],
  ...['resourceClaims', 'overhead'],
];
const OF_CONTAINER = [
  ...['image', 'command', 'args', 'env', 'envFrom', 'ports', 'volumeMounts', 'volumeDevices', 'resources'],
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'restartPolicy'],
];

/** The image of a container whose image and settings are not known: nothing is found in it. */
const UNKNOWN_IMAGE = `unknown@sha256:${'0'.repeat(64)}`;
const UNKNOWN: Mapping = {
  name: 'unknown',
  image: UNKNOWN_IMAGE,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

interface Piece {
  readonly value: unknown;
  readonly keys: Keys;
}

/** One Pod, or, for single containers under keys of their own, one for each. */
function podsOf(part: Place, beside: readonly Place[]): Assembled[] {
  const node = part.node as Mapping;
  const keys = pathTo(part);
  const lists = Object.entries(node).filter(([key, child]) => isContainerList(child, key));
  const singles = Object.entries(node).filter(([key, child]) => isPlainContainer(child, key));
  const chain = [...above(part), ...beside.filter(one => !isAbove(one.node, part))];
  const piecesOf = ([key, list]: [string, unknown]): Piece[] =>
    (list as unknown[]).flatMap((value, i) => (isMap(value) ? [{ value, keys: [...keys, key, i] }] : []));
  const init = lists.filter(([key]) => key === 'initContainers').flatMap(piecesOf);
  const regular = lists.filter(([key]) => key !== 'initContainers').flatMap(piecesOf);
  const own = ownContainer(node, keys);
  const single = singles.map(([key, value]) => ({ value, keys: [...keys, key] }));
  const together =
    lists.length > 0 || own.length > 0 || singles.some(([key]) => /^(container|script)$/.test(key));
  const sets = together || single.length === 0 ? [[...own, ...regular, ...single]] : single.map(one => [one]);
  return sets.map(containers =>
    build(containers, init, chain, sets.length > 1 ? (containers[0]?.keys ?? keys) : keys),
  );
}

/** The part itself, and the maps that contain it. */
function above(part: Place): Place[] {
  const chain: Place[] = [];
  for (let at: Place | undefined = part; at; at = at.parent) if (isMap(at.node)) chain.push(at);
  return chain;
}

/** The container, where a map has fields of a container beside those of its Pod. */
function ownContainer(node: Mapping, keys: Keys): Piece[] {
  const context = contextsOf(node).find(([, one]) => ofContainer(one));
  if (!context) return [];
  const fields = OF_CONTAINER.filter(field => node[field] !== undefined).map(field => [field, node[field]]);
  return [{ value: { ...Object.fromEntries(fields), securityContext: context[1] }, keys }];
}

function build(
  containers: readonly Piece[],
  init: readonly Piece[],
  chain: readonly Place[],
  keys: Keys,
): Assembled {
  const origins: [string, Keys][] = [];
  const at = (podField: string, piece: Keys): void => void origins.push([podField, piece]);
  const spec: Record<string, unknown> = {};
  for (const [list, pieces] of Object.entries({ initContainers: init, containers })) {
    spec[list] = pieces.map(({ value }, i) => named(value as Mapping, i));
    pieces.forEach((piece, i) => {
      at(`spec.${list}[${i}]`, piece.keys);
    });
  }
  if (containers.length === 0) spec.containers = [UNKNOWN];
  for (const field of SCALARS) {
    const place = chain.find(({ node }) => isSet((node as Mapping)[field]));
    if (!place) continue;
    // A Pod with it is refused; an operator usually treats it as absent.
    if (field === 'runtimeClassName' && (place.node as Mapping)[field] === '') continue;
    spec[field] = (place.node as Mapping)[field];
    at(`spec.${field}`, [...pathTo(place), field]);
  }
  const context = podContext(chain);
  if (context) {
    spec.securityContext = context.value;
    at('spec.securityContext', context.keys);
  }
  const volumes = chain.flatMap(volumesOf);
  volumes.forEach((volume, i) => {
    at(`spec.volumes[${i}]`, volume.keys);
  });
  const claimed = withClaims(
    volumes.map(({ value }) => value),
    chain.flatMap(claimsOf),
    { name: 'unknown' },
  );
  spec.volumes = claimed.volumes;
  origins.push(...claimed.origins.map(([field, place]): [string, Keys] => [field, place]));
  const metadata = metadataOf(chain);
  if (metadata) at('metadata', metadata.keys);
  return {
    pod: { metadata: metadata?.value ?? {}, spec: withPatches(spec, chain, origins) },
    origins,
    keys,
    unread: chain.flatMap(place => unreadOf(place)),
  };
}

function unreadOf(place: Place): Keys[] {
  const keys = unreadPatchIn(place.node as Mapping, pathTo(place));
  return keys ? [keys] : [];
}

/**
 * The nearest value takes precedence. Containers that the controller itself adds, and that a patch changes, are filled in, too.
 */
function withPatches(spec: Mapping, chain: readonly Place[], origins: [string, Keys][]): Mapping {
  const patches = chain.flatMap(place => podSpecPatchIn(place.node as Mapping, pathTo(place)) ?? []);
  if (patches.length === 0) return spec;
  const all = patches.toReversed().reduce((one, patch) => patched(one, patch, origins), spec);
  const lists = ['containers', 'initContainers'].flatMap(key => {
    const list = valueAt(all, [key]);
    return Array.isArray(list) ? [[key, list.map((one, i) => (isMap(one) ? named(one, i) : one))]] : [];
  });
  return { ...all, ...Object.fromEntries(lists) };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;

/** A name that the controller fills in, as Knative's does, is not missing. */
export const named = (container: Mapping, i: number): Mapping => ({
  ...container,
  name: isSet(container.name) ? container.name : `container-${i}`,
  image: isSet(container.image) ? container.image : UNKNOWN_IMAGE,
});

function podContext(chain: readonly Place[]): Piece | undefined {
  for (const place of chain) {
    const found = contextsOf(place.node as Mapping).find(
      ([key, context]) => key !== 'containerSecurityContext' && !ofContainer(context),
    );
    if (found) return { value: found[1], keys: [...pathTo(place), found[0]] };
  }
  return undefined;
}

function volumesOf(place: Place): Piece[] {
  const { volumes } = place.node as Mapping;
  if (!isVolumeList(volumes)) return [];
  const keys = pathTo(place);
  return volumes.map((value, i) => ({ value, keys: [...keys, 'volumes', i] }));
}

/** Claims that the object makes for each Pod, beside its description of the Pod. */
const claimsOf = (place: Place): readonly Claim[] => claimsIn(place.node as Mapping, pathTo(place));

/** The labels and annotations of the Pods, from the nearest place that has them. */
function metadataOf(chain: readonly Place[]): Piece | undefined {
  for (const place of chain) {
    for (const key of ['podMetadata', 'metadata']) {
      const value = (place.node as Mapping)[key];
      if (!isMap(value)) continue;
      const { labels, annotations } = value;
      return { value: { labels, annotations }, keys: [...pathTo(place), key] };
    }
  }
  return undefined;
}

/** The field path in the object for a Pod's field. */
export const atOrigin = ({ origins, keys }: Pick<Assembled, 'origins' | 'keys'>, podField: string): string =>
  pathAt(origins, podField) ?? formatPath(keys);
