import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { MAX_DEPTH, MAX_WRITTEN_OUT } from '../limits.ts';
import { Refused, startOf, tooDeep } from '../refused.ts';
import type { Places } from './places.ts';
import { define, type PlainDocument } from './plain.ts';
import type { Repeats } from './repeats.ts';
import { resolvePlain } from './scalar.ts';

/** JSON is read without a syntax tree. */
export const TOO_LONG =
  'Make several documents of it, with --- between them, or give it as JSON (kubectl get -o json).';

interface Converted {
  readonly value: unknown;
  /** The number of nodes in it, with aliases written out. */
  readonly size: number;
}

interface Walk {
  readonly anchors: Map<string, Converted | 'open'>;
  readonly places: Places;
  readonly repeats: Repeats;
  readonly written: Map<object, Map<string, string>>;
  /** The number of nodes that exist because an alias was written out. */
  repeated: number;
  mergesOver?: number;
}

/**
 * Plain data as kubectl makes it (sigs.k8s.io/yaml): keys are strings, merge keys are followed, aliases share their
 * value. Of a key that is set twice, go-yaml takes the last value.
 * @param places where entries are kept, and how many may be
 * @param repeats where such keys are kept, if there may be any
 * @throws Refused
 */
export function toPlain(root: Node, places: Places, repeats: Repeats): PlainDocument {
  const walk: Walk = { anchors: new Map(), places, repeats, written: new Map(), repeated: 0 };
  const { value } = convert(root, walk, 0);
  const { mergesOver, written } = walk;
  return {
    value,
    offsets: walk.places.trim(),
    written,
    repeats,
    ...(mergesOver !== undefined && { mergesOver }),
  };
}

function convert(node: Node, walk: Walk, depth: number): Converted {
  if (depth > MAX_DEPTH) throw tooDeep(node);
  if (isAlias(node)) return follow(node, walk);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor) walk.anchors.set(anchor, 'open');
  const done = convertContent(node, walk, depth);
  if (done.size > MAX_WRITTEN_OUT) {
    // There may be too many values even without the aliases.
    throw done.size - walk.repeated <= MAX_WRITTEN_OUT
      ? new Refused(
          node,
          `more than ${MAX_WRITTEN_OUT} values once aliases are written out`,
          'Remove the aliases.',
        )
      : new Refused(node, `more than ${MAX_WRITTEN_OUT} values in one document`, TOO_LONG);
  }
  if (anchor) walk.anchors.set(anchor, done);
  return done;
}

function convertContent(node: Node, walk: Walk, depth: number): Converted {
  if (isMap(node)) return convertMap(node as YAMLMap<Node, Node | null>, walk, depth);
  if (isSeq(node)) return convertList(node as YAMLSeq<Node>, walk, depth);
  return { value: scalarValue(node as Scalar), size: 1 };
}

function follow(alias: Alias, walk: Walk): Converted {
  const target = walk.anchors.get(alias.source);
  if (!target) throw new Refused(alias, `no anchor ${alias.source} above this alias`, 'Define it first.');
  if (target === 'open')
    throw new Refused(alias, `the anchor ${alias.source} holds itself`, 'Remove the alias.');
  walk.repeated += target.size;
  return target;
}

function convertList(list: YAMLSeq<Node>, walk: Walk, depth: number): Converted {
  const value: unknown[] = [];
  const offsets: number[] = [];
  let size = 1;
  for (const [i, item] of list.items.entries()) {
    const done = convert(item, walk, depth + 1);
    size += done.size;
    value.push(done.value);
    walk.places.count(item);
    offsets.push(startOf(item));
    keepWritten(walk, value, String(i), item, done.value);
  }
  walk.places.add(value, offsets);
  return { value, size };
}

function convertMap(map: YAMLMap<Node, Node | null>, walk: Walk, depth: number): Converted {
  const value: Record<string, unknown> = {};
  const offsets = new Map<string, number>();
  const kinds = new Map<string, string | symbol>();
  let size = 1;
  for (const pair of map.items) {
    // The key comes first: an anchor on it precedes the value, which may redefine the same anchor.
    const own = isMergeKey(pair.key) ? undefined : keyOf(pair.key, walk, depth + 1);
    const done = pair.value ? convert(pair.value, walk, depth + 1) : NULL;
    size += done.size;
    if (own === undefined) {
      mergeInto(value, done.value, pair.key, { offsets, own: kinds }, walk);
      continue;
    }
    const key = String(own);
    const at = startOf(pair.key);
    const kind = kindOf(pair.key, own);
    const before = kinds.get(key);
    if (before === undefined) kinds.set(key, kind);
    else walk.repeats.see(value, { key, at, before: offsets.get(key) ?? at }, before === kind);
    walk.places.count(pair.key);
    define(value, key, done.value);
    offsets.set(key, at);
    keepWritten(walk, value, key, pair.value, done.value);
  }
  walk.repeats.settle(value, offsets);
  walk.places.add(
    value,
    Object.keys(value).map(key => offsets.get(key) ?? startOf(map)),
  );
  return { value, size };
}

/**
 * YAML distinguishes keys that are one in JSON: 1, 1.0 and "1" are three. Numbers are taken to be the same key where they are
 * written alike, and keys of different kinds never are.
 */
function kindOf(node: Node, key: string | number | boolean): string | symbol {
  if (typeof key !== 'number') return typeof key;
  return isScalar(node) ? `number ${node.value}` : Symbol();
}

function keepWritten(
  { written }: Walk,
  holder: object,
  key: string,
  node: Node | null,
  value: unknown,
): void {
  // What was kept of an earlier value is removed.
  written.get(holder)?.delete(key);
  if (!isScalar(node) || (typeof value !== 'boolean' && typeof value !== 'number')) return;
  const text = String(node.value);
  if (text === String(value)) return;
  const texts = written.get(holder) ?? new Map<string, string>();
  written.set(holder, texts.set(key, text));
}

const NULL: Converted = Object.freeze({ value: null, size: 1 });

/** Whether a key is a merge key; a `<<` with a tag of its own, or in quotes, is an ordinary key. */
const isMergeKey = (key: Node): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && key.value === '<<' && (!key.tag || key.tag === '!');

/** As in go-yaml v2 `decode.go`, a merge overwrites what is above it; of several sources, the first takes precedence. */
function mergeInto(
  into: Record<string, unknown>,
  source: unknown,
  at: Node,
  { offsets, own }: { readonly offsets: Map<string, number>; readonly own: ReadonlyMap<string, unknown> },
  walk: Walk,
): void {
  const { places, written } = walk;
  for (const one of Array.isArray(source) ? source.toReversed() : [source]) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) {
      throw new Refused(at, 'a merge key (<<) whose value is no map', 'Point it to an anchor of a map.');
    }
    Object.entries(one).forEach(([key, value], i) => {
      if (own.has(key)) walk.mergesOver ??= startOf(at);
      define(into, key, value);
      written.get(into)?.delete(key);
      offsets.set(key, places.nth(one, i) ?? startOf(at));
    });
  }
}

/** The key as a string or number. */
function keyOf(key: Node, walk: Walk, depth: number): string | number | boolean {
  const { value } = convert(key, walk, depth);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Refused(key, 'a key that is no string', 'Put the key in quotes.');
}

function scalarValue(node: Scalar): string | number | boolean | null {
  const text = String(node.value ?? '');
  if (node.type !== Scalar.PLAIN || node.tag) return text;
  const value = resolvePlain(text);
  if (Number.isNaN(value)) throw new Refused(node, `${text} is no number that JSON can hold`, 'Quote it.');
  return value;
}
