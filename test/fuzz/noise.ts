import { longText, oddity } from './garble.ts';
import { copy, isHolder, type Json, type JsonMap, put } from './json.ts';
import { SPEC_FIELDS } from './model.ts';
import { makePod } from './pods.ts';
import type { Random } from './random.ts';
import { HOSTILE_KEYS } from './words.ts';

/*
What may be added to a Pod and must not make the answer milder. Not among it, since they may do so for good reasons:

- fields that the API has, set to a value: `os: windows`, or `hostUsers: false`, makes another Pod of it;
- labels that a policy selects by, and annotations of this project: only keys that nobody knows are noise;
- `volumeDevices`: a claim that is used as a raw block device, and by nobody as a file system, asks for other things;
- another order in an update, whose findings are compared with those at the same place of the stored Pod.

What is added to an update is added to the new Pod alone.
*/
export type Noise =
  /** An item after those of a list, which is created where there is none. */
  | { readonly kind: 'item'; readonly to: string; readonly value: Json }
  /** A member of a map that has none of this name. */
  | { readonly kind: 'member'; readonly to: string; readonly key: string; readonly value: Json }
  /** The last item of a list once more. */
  | { readonly kind: 'repeat'; readonly to: string }
  | { readonly kind: 'reverse'; readonly to: string };

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** @param updates whether the noise is for the new Pod of an update */
export function makeNoise(pod: JsonMap, updates: boolean, random: Random): Noise {
  switch (random.below(updates ? 7 : 8)) {
    case 0:
      return { kind: 'item', to: `spec.${random.pick(CONTAINERS)}`, value: anyContainer(random) };
    case 1:
      return { kind: 'item', to: 'spec.volumes', value: anyVolume(random) };
    case 2:
      return { kind: 'item', ...ofContainer(random) };
    case 3:
      return {
        kind: 'member',
        to: random.pick(MAPS),
        key: `noise.example.com/${random.below(9)}`,
        value: text(random),
      };
    case 4: {
      const { path, name } = random.pick(PLAIN_FIELDS);
      return {
        kind: 'member',
        to: path.slice(0, -name.length - 1).replaceAll('[]', '.0'),
        key: name,
        value: null,
      };
    }
    case 5:
      return { kind: 'repeat', to: `spec.${random.pick([...CONTAINERS, 'volumes'])}` };
    case 6:
      return {
        kind: 'member',
        to: random.pick(structsOf(pod)),
        key: random.pick(UNKNOWN),
        value: oddity(random),
      };
    default:
      return { kind: 'reverse', to: `spec.${random.pick(CONTAINERS)}` };
  }
}

const MAPS = ['metadata.labels', 'metadata.annotations'];
const PLAIN_FIELDS = SPEC_FIELDS.filter(({ holds }) => holds === 'one');
const text = (random: Random): string => {
  const value = random.oneIn(4) ? longText(random) : oddity(random);
  return typeof value === 'string' ? value : 'noise';
};

const specOf = (random: Random): JsonMap => makePod(random, random.below(2 ** 20)).spec as JsonMap;

function anyContainer(random: Random): Json {
  const spec = specOf(random);
  const kind = random.pick(CONTAINERS.filter(one => spec[one] !== undefined));
  const { volumeDevices: _, ...container } = (spec[kind] as JsonMap[])[0] as JsonMap;
  return { name: 'noise', ...container };
}

function anyVolume(random: Random): Json {
  const { volumes } = specOf(random);
  const first = Array.isArray(volumes) ? (volumes[0] as JsonMap) : { emptyDir: {} };
  return { ...first, name: `noise${random.below(100)}` };
}

function ofContainer(random: Random): { readonly to: string; readonly value: Json } {
  const [field, value] = random.pick<readonly [string, Json]>([
    ['env', { name: 'NOISE', value: text(random) }],
    ['envFrom', { configMapRef: { name: 'noise' } }],
    ['args', text(random)],
    ['command', text(random)],
    ['ports', { containerPort: 8081 }],
    ['ports', { containerPort: 8081, hostPort: 8081 }],
    ['volumeMounts', { name: 'noise', mountPath: '/noise' }],
  ]);
  return { to: `spec.${random.pick(CONTAINERS)}.0.${field}`, value };
}

const NAMES = new Set(SPEC_FIELDS.map(({ name }) => name));
/** Names that no field has anywhere, and that no path of this file could be mistaken for. */
const UNKNOWN = ['noise', 'Spec', ...HOSTILE_KEYS].filter(
  key => !NAMES.has(key) && !['spec', 'metadata'].includes(key),
);

/** The members of these maps are data. */
const DATA = new Set(SPEC_FIELDS.filter(({ holds }) => holds === 'map').map(({ name }) => name));

/** The objects that have fields, as paths; the path of the Pod itself is empty. */
function structsOf(pod: JsonMap): string[] {
  const found = ['', 'metadata'];
  const visit = (value: Json | undefined, path: string): void => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, `${path}.${i}`);
    else if (isHolder(value)) {
      found.push(path);
      for (const [key, child] of Object.entries(value))
        if (/^\w+$/.test(key) && !DATA.has(key)) visit(child, `${path}.${key}`);
    }
  };
  visit(pod.spec, 'spec');
  return found;
}

/** Adds the noise to a Pod that has a place for it. */
export function addNoise(noise: Noise, pod: JsonMap): void {
  const steps = String(noise.to)
    .split('.')
    .filter(step => step !== '');
  const target = steps.reduce<Json | undefined>(
    (at, step, i) => inside(at, step, noise, i === steps.length - 1),
    pod,
  );
  if (noise.kind === 'member') {
    if (isHolder(target) && !Array.isArray(target) && !Object.hasOwn(target, noise.key))
      put(target, noise.key, noise.value);
  } else if (Array.isArray(target)) {
    if (noise.kind === 'item') target.push(noise.value);
    else if (noise.kind === 'reverse') target.reverse();
    else if (target.length > 0) target.push(copy(target.at(-1) as Json));
  }
}

/** Creates what is missing at the end of the path: a list for an item, a map for labels and annotations. */
function inside(at: Json | undefined, step: string, { kind, to }: Noise, last: boolean): Json | undefined {
  if (!isHolder(at)) return undefined;
  const there = Object.hasOwn(at, step) ? (at as JsonMap)[step] : undefined;
  if (there !== undefined && there !== null) return there;
  const made: Json | undefined = kind === 'item' ? [] : MAPS.includes(to) ? {} : undefined;
  if (!last || made === undefined || Array.isArray(at)) return undefined;
  put(at, step, made);
  return made;
}

/** The noise in a word or two. */
export const nameOf = (noise: Noise): string => {
  if (noise.kind !== 'member') return `${noise.kind} ${noise.to}`;
  return MAPS.includes(noise.to) ? noise.to : noise.value === null ? 'null' : `member ${noise.key}`;
};
