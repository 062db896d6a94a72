import type { Schema } from '../../src/source/schema.ts';
import type { Json, JsonMap } from './json.ts';
import { put } from './json.ts';
import type { Random } from './random.ts';
import { EXPRESSIONS, HOSTILE_TEXTS, SIGNAL_IDS, WORDS } from './words.ts';

const NAMES = ['a', 'own', 'kata-qemu', 'team-a', 'balanced', 'strict', 'x.y'];
const KEYS = [
  'app',
  'tenant',
  'exposure',
  'cofferdam.dev/risk',
  'kubernetes.io/metadata.name',
  'a/b/c',
  'ends-',
  '__proto__',
];
const VALUES = ['x', 'y', 'low', 'medium', 'high', 'critical', 'public', '', '__proto__'];

/** Words of the project's own kinds, by field. */
const TEXTS: Readonly<Record<string, readonly Json[]>> = {
  expression: EXPRESSIONS,
  expires: [
    '2026-12-31T00:00:00Z',
    '2027-11-24T00:00:00+02:00',
    '2020-01-01T00:00:00Z',
    '2026-13-40T99:00:00Z',
  ],
  fingerprint: ['0'.repeat(64)],
  extends: ['kata-qemu', 'gvisor', 'host', 'sandbox', 'nobody', 'a', 'own'],
  handlers: ['runsc', 'kata', 'kata-qemu', 'runc', 'own'],
  images: (WORDS.image ?? []).concat('ghcr.io/acme/*', 'docker.io/*', '*', 'nginx@sha256:x'),
  key: KEYS,
  namespaces: ['shop', 'tenant', 'bank'],
  runtimeClass: WORDS.runtimeClassName ?? [],
  serviceAccounts: ['default', 'agent'],
  signal: SIGNAL_IDS,
  acceptDegraded: SIGNAL_IDS,
  values: [...VALUES, '/srv/data', '/proc', 80],
  name: NAMES,
  namespace: ['shop', 'tenant'],
};
const MAP_KEYS: Readonly<Record<string, readonly string[]>> = {
  signals: SIGNAL_IDS,
  weights: VALUES,
  matchLabels: KEYS,
};

/** A value that fits a schema more often than not: most of what nobody requires is left out, and words may be wrong. */
export function madeFrom(schema: Schema, name: string, random: Random): Json {
  const { enum: words, anyOf } = schema as { enum?: readonly Json[]; anyOf?: readonly Schema[] };
  if (words) return random.oneIn(40) ? random.pick(HOSTILE_TEXTS) : random.pick(words);
  if (anyOf) return madeFrom(random.pick(anyOf), name, random);
  switch (schema.type) {
    case 'object':
      return objectFrom(schema, name, random);
    case 'array':
      return listFrom(schema, name, random);
    case 'boolean':
      return random.oneIn(2);
    case 'integer':
      return random.oneIn(20) ? random.pick([-1, 101, 1.5]) : random.below(101);
    default:
      return random.oneIn(40) ? random.pick(HOSTILE_TEXTS) : random.pick(TEXTS[name] ?? ['some words', 'x']);
  }
}

function objectFrom(schema: Schema, name: string, random: Random): JsonMap {
  const {
    properties = {},
    required = [],
    additionalProperties,
    oneOf,
  } = schema as {
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
    additionalProperties?: Schema | boolean;
    oneOf?: readonly { readonly required: readonly string[] }[];
  };
  const made: JsonMap = {};
  const needed = [...required, ...(oneOf ? random.pick(oneOf).required : [])];
  for (const [key, property] of Object.entries(properties)) {
    const left = oneOf ? 40 : 2;
    if (needed.includes(key) || (left === 2 ? random.oneIn(2) : random.oneIn(left))) {
      put(made, key, madeFrom(property, key, random));
    }
  }
  if (typeof additionalProperties === 'object') {
    for (let i = 1 + random.few(3); i > 0; i--) {
      put(made, random.pick(MAP_KEYS[name] ?? VALUES), madeFrom(additionalProperties, name, random));
    }
  }
  return made;
}

function listFrom(schema: Schema, name: string, random: Random): Json[] {
  const {
    items,
    minItems = 0,
    maxItems = 8,
  } = schema as { items: Schema; minItems?: number; maxItems?: number };
  const length = random.oneIn(60) ? maxItems + random.below(2) : minItems + random.few(3);
  return Array.from({ length }, () => madeFrom(items, name, random));
}
