import { copy, type Holder, isHolder, type Json, type JsonMap, put, slotsOf, valueIn } from './json.ts';
import { type Field, METADATA_FIELDS, SPEC_FIELDS } from './model.ts';
import type { Random } from './random.ts';
import { ANNOTATIONS, HOSTILE_TEXTS, KEYS, LABELS, NUMBERS, TEXTS, WORDS } from './words.ts';

/** The most fields that a Pod gets besides those that are taken in turn. */
const MOST_FIELDS = 8;
/** Fields are taken in turn, so that each comes up after as many Pods as there are fields, divided by this. */
const IN_TURN = 3;

/**
 * A Pod whose fields are of the types that the API has.
 * @param turn the number of the Pod: every field comes up once in a round
 */
export function makePod(random: Random, turn: number): JsonMap {
  const pod: JsonMap = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  };
  for (let i = 0; i < IN_TURN; i++) {
    plant(pod, SPEC_FIELDS[(turn * IN_TURN + i) % SPEC_FIELDS.length] as Field, random);
  }
  for (let i = random.few(MOST_FIELDS); i > 0; i--) plant(pod, random.pick(SPEC_FIELDS), random);
  if (random.oneIn(4)) plant(pod, random.pick(METADATA_FIELDS), random);
  if (random.oneIn(3)) addTo(pod, 'labels', random.pick(LABELS));
  if (random.oneIn(6)) addTo(pod, 'annotations', random.pick(ANNOTATIONS));
  if (random.oneIn(30)) inject(pod, random.pick(['gvisor', 'kata-qemu']));
  return pod;
}

/** Gives a Pod a field, and the objects that have to be above it. */
export function plant(pod: JsonMap, field: Field, random: Random): void {
  const holder = holderOf(pod, field, random);
  const value = madeFor(field, random);
  const before = Object.hasOwn(holder, field.name) ? holder[field.name] : undefined;
  if (Array.isArray(before) && Array.isArray(value)) before.push(...value);
  else if (isHolder(before) && isHolder(value)) Object.assign(before, value);
  else put(holder, field.name, value);
}

/** The object that a field is a member of: one that is there, or a new one. */
function holderOf(pod: JsonMap, { parent }: Field, random: Random): JsonMap {
  if (!parent) return pod;
  const above = holderOf(pod, parent, random);
  const there = Object.hasOwn(above, parent.name) ? above[parent.name] : undefined;
  if (parent.holds === 'list') {
    const list = Array.isArray(there) ? there : [];
    if (!Array.isArray(there)) put(above, parent.name, list);
    const one = list.length > 0 && !random.oneIn(4) ? random.pick(list) : undefined;
    if (isHolder(one) && !Array.isArray(one)) return one;
    const made = itemOf(parent, random, list.length);
    list.push(made);
    return made;
  }
  if (isHolder(there) && !Array.isArray(there)) return there;
  const made: JsonMap = {};
  put(above, parent.name, made);
  return made;
}

/** The fields that the API asks of an item of a list, where it has them. */
const NEEDED = ['name', 'key', 'operator'];

function itemOf({ fields }: Field, random: Random, index: number): JsonMap {
  const item: JsonMap = {};
  for (const field of fields) {
    if (NEEDED.includes(field.name)) put(item, field.name, madeFor(field, random));
  }
  if (typeof item.name === 'string' && !random.oneIn(4)) item.name = `${item.name}${index}`;
  return item;
}

function madeFor(field: Field, random: Random): Json {
  if (field.holds === 'list') {
    return Array.from({ length: 1 + random.few(2) }, (_, i) =>
      field.fields.length > 0 ? itemOf(field, random, i) : scalarOf(field, random),
    );
  }
  if (field.holds === 'map') {
    const map: JsonMap = {};
    for (let i = 1 + random.few(2); i > 0; i--) put(map, keyOf(field, random), scalarOf(field, random));
    return map;
  }
  return field.fields.length > 0 ? {} : scalarOf(field, random);
}

const keyOf = ({ name }: Field, random: Random): string => random.pick(KEYS[name] ?? TEXTS);

function scalarOf(field: Field, random: Random): Json {
  const words = WORDS[`${field.parent?.name}.${field.name}`] ?? WORDS[field.name];
  if (words && !random.oneIn(8)) return random.pick(words);
  switch (field.type) {
    case 'boolean':
      return random.oneIn(2);
    case 'number':
      return random.pick(NUMBERS);
    case 'IntOrString':
      return random.oneIn(2) ? random.pick(NUMBERS) : random.pick(TEXTS);
    case 'Date':
      return random.pick(['2026-11-24T00:00:00Z', '2026-11-24', '']);
    default:
      return random.pick(random.oneIn(12) ? HOSTILE_TEXTS : TEXTS);
  }
}

function addTo(pod: JsonMap, map: 'labels' | 'annotations', [key, value]: readonly [string, string]): void {
  const metadata = pod.metadata as JsonMap;
  const before = metadata[map];
  metadata[map] = { ...(isHolder(before) ? before : {}), [key]: value };
}

/** Sets a class as this project did in an earlier request. */
function inject(pod: JsonMap, runtimeClass: string): void {
  (pod.spec as JsonMap).runtimeClassName = runtimeClass;
  addTo(pod, 'annotations', ['cofferdam.dev/injected-runtime-class', runtimeClass]);
}

/** Counts around the bounds of Pods, and powers of ten. */
const COUNTS = [10, 100, 249, 250, 251, 500, 1000, 1001];

/** The API server takes 3 MiB for an object (apiserver pkg/server/config.go `MaxRequestBodyBytes`). */
const MOST_BYTES = 3 * 1024 * 1024;

/** Repeats the contents of one of the Pod's lists or maps. */
export function swell(pod: JsonMap, random: Random): void {
  const holders = slotsOf(pod)
    .map(valueIn)
    .filter((value): value is Holder => isHolder(value) && Object.keys(value).length > 0);
  const holder = random.pick(holders);
  const values = Object.values(holder);
  const room = Math.floor(MOST_BYTES / JSON.stringify(pod).length) * values.length;
  const count = Math.min(random.pick(COUNTS), room);
  for (let i = values.length; i < count; i++) {
    const key = Array.isArray(holder) ? i : `k${i}`;
    put(holder, key, copy(values[i % values.length] as Json));
  }
}

/** A Pod as a workload's template, or within another object that holds Pods. */
export function wrap(pod: JsonMap, random: Random): JsonMap {
  const { metadata, spec } = pod;
  const template = { metadata, spec } as JsonMap;
  const named = { name: 'work', namespace: 'shop' };
  const [apiVersion, kind] = random.pick(WORKLOADS);
  if (kind === 'PodTemplate') return { apiVersion, kind, metadata: named, template };
  if (kind === 'CronJob') {
    return { apiVersion, kind, metadata: named, spec: { jobTemplate: { spec: { template } } } };
  }
  if (kind === 'JobSet') {
    const replicatedJobs = ['a', 'b'].map(name => ({ name, template: { spec: { template } } }));
    return { apiVersion, kind, metadata: named, spec: { replicatedJobs } };
  }
  return { apiVersion, kind, metadata: named, spec: { replicas: 1, template } };
}

const WORKLOADS = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'ReplicationController'],
  ['v1', 'PodTemplate'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['jobset.x-k8s.io/v1alpha2', 'JobSet'],
  ['argoproj.io/v1alpha1', 'Rollout'],
] as const;
