import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { attributesOf, heldBy } from '../../scripts/client-models.ts';
import type { SavedKind } from '../../src/snapshot/kinds.ts';
import { PLURALS } from '../../src/source/group.ts';

/** The path of a leaf, without the places in lists; what stands in a map is `{}` there. */
type Path = string;

/** An object in which every field of its kind has a value, and which path each value stands at. */
export interface Filled {
  readonly object: Record<string, unknown>;
  /** Truth values are at many paths, and each of all others at one. */
  readonly values: ReadonlyMap<Path, unknown>;
}

/** Models of Kubernetes' client are called by their version and kind; kinds of this project have a definition. */
export function filledKind({ apiVersion, kind }: Pick<SavedKind, 'apiVersion' | 'kind'>): Filled {
  const values = new Map<Path, unknown>();
  const filler = fillerTo(values);
  if (!(kind in PLURALS)) return { object: filler.model(`V1${kind}`, ''), values };
  const schema = schemaOf(kind as keyof typeof PLURALS, apiVersion);
  const metadata = filler.model('V1ObjectMeta', 'metadata');
  const { metadata: _, ...properties } = schema.properties ?? {};
  const own = filler.schema({ properties }, '') as Record<string, unknown>;
  return { object: { ...own, metadata }, values };
}

/** The key of whatever is in a map. */
const KEY = 'any-key';
const NAMES = /^(apiVersion|kind)$/;

function fillerTo(values: Map<Path, unknown>) {
  const leaf = (type: string, path: Path): unknown => {
    const text = type === 'number' ? 1000 + values.size : `planted in ${path}`;
    const value = type === 'boolean' || text;
    values.set(path, value);
    return value;
  };
  const model = (name: string, at: Path): Record<string, unknown> =>
    Object.fromEntries(
      (attributesOf(name) ?? [])
        .filter(({ baseName }) => at !== '' || !NAMES.test(baseName))
        .map(attribute => {
          const { holds, type } = heldBy(attribute);
          const path = below(at, attribute.baseName);
          const place = holds === 'map' ? below(path, '{}') : path;
          const one = attributesOf(type) ? model(type, place) : leaf(type, place);
          return [attribute.baseName, heldIn(holds, one)];
        }),
    );
  const schema = (part: Schema, at: Path): unknown => {
    const { properties, additionalProperties, items, type } = part;
    if (items) return [schema(items, at)];
    if (properties) {
      const fields = Object.entries(properties).filter(([name]) => at !== '' || !NAMES.test(name));
      return Object.fromEntries(fields.map(([name, one]) => [name, schema(one, below(at, name))]));
    }
    if (typeof additionalProperties === 'object')
      return { [KEY]: schema(additionalProperties, below(at, '{}')) };
    return leaf(type === 'integer' ? 'number' : String(type), at);
  };
  return { model, schema };
}

function heldIn(holds: 'one' | 'list' | 'map', one: unknown): unknown {
  if (holds === 'list') return [one];
  return holds === 'map' ? { [KEY]: one } : one;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

function schemaOf(kind: keyof typeof PLURALS, apiVersion: string): Schema {
  const file = `charts/cofferdam/files/crds/${PLURALS[kind]}.yaml`;
  const text = readFileSync(file, 'utf8');
  const { spec } = parse(text) as {
    spec: { versions: readonly { name: string; schema: { openAPIV3Schema: Schema } }[] };
  };
  const version = spec.versions.find(({ name }) => apiVersion.endsWith(`/${name}`));
  if (!version) throw new Error(`${file} has no ${apiVersion}`);
  return version.schema.openAPIV3Schema;
}

const below = (at: Path, name: string): Path => (at === '' ? name : `${at}.${name}`);

/** The leaves of what was saved of a filled object, and what stands there; empty maps and lists have none. */
export function leavesOf(value: unknown, at: Path = ''): readonly (readonly [Path, unknown])[] {
  if (Array.isArray(value)) return value.flatMap(one => leavesOf(one, at));
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, below(at, key === KEY ? '{}' : key)));
}
