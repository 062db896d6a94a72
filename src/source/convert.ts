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
import { MAX_DEPTH, Refused, startOf, tooDeep } from './refused.ts';
import { resolvePlain } from './scalar.ts';

/** Nodes of one document with every alias written out (go-yaml stops at 400,000). */
const MAX_NODES = 400_000;

interface Converted {
  readonly value: unknown;
  /** Nodes in it, aliases written out. */
  readonly size: number;
}

/** Offset in the text of each entry of a map (its key) or of a list, by the object that it became. */
export type Offsets = ReadonlyMap<object, ReadonlyMap<string, number>>;

/** What was written for entries that became something that looks different: `on`, which became true, or `0x10`. */
type Written = ReadonlyMap<object, ReadonlyMap<string, string>>;

export interface PlainDocument {
  readonly value: unknown;
  readonly offsets: Offsets;
  readonly written: Written;
}

interface Walk {
  readonly anchors: Map<string, Converted | 'open'>;
  readonly offsets: Map<object, Map<string, number>>;
  readonly written: Map<object, Map<string, string>>;
}

/**
 * Plain data as kubectl makes it (sigs.k8s.io/yaml): keys are strings, merge keys are followed, aliases share their
 * value. A duplicate key, of which go-yaml takes the last, is refused.
 * @throws Refused
 */
export function toPlain(root: Node): PlainDocument {
  const walk: Walk = { anchors: new Map(), offsets: new Map(), written: new Map() };
  const { value } = convert(root, walk, 0);
  return { value, offsets: walk.offsets, written: walk.written };
}

function convert(node: Node, walk: Walk, depth: number): Converted {
  if (depth > MAX_DEPTH) throw tooDeep(node);
  if (isAlias(node)) return follow(node, walk);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor) walk.anchors.set(anchor, 'open');
  const done = convertContent(node, walk, depth);
  if (done.size > MAX_NODES) {
    throw new Refused(
      node,
      `more than ${MAX_NODES} values once aliases are written out`,
      'Remove the aliases.',
    );
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
  return target;
}

function convertList(list: YAMLSeq<Node>, walk: Walk, depth: number): Converted {
  const value: unknown[] = [];
  const offsets = new Map<string, number>();
  let size = 1;
  for (const [i, item] of list.items.entries()) {
    const done = convert(item, walk, depth + 1);
    size += done.size;
    value.push(done.value);
    offsets.set(String(i), startOf(item));
    keepWritten(walk, value, String(i), item, done.value);
  }
  walk.offsets.set(value, offsets);
  return { value, size };
}

function convertMap(map: YAMLMap<Node, Node | null>, walk: Walk, depth: number): Converted {
  const value: Record<string, unknown> = {};
  const offsets = new Map<string, number>();
  walk.offsets.set(value, offsets);
  const written = new Set<string>();
  let size = 1;
  for (const pair of map.items) {
    // The key first: an anchor on it stands above the value, which may set the same one anew.
    const key = isMergeKey(pair.key) ? undefined : keyOf(pair.key, walk, depth + 1);
    const done = pair.value ? convert(pair.value, walk, depth + 1) : NULL;
    size += done.size;
    if (key === undefined) {
      mergeInto(value, done.value, pair.key, walk);
      continue;
    }
    if (written.has(key)) {
      throw new Refused(
        pair.key,
        `the key ${key} is set twice`,
        'Keep one; the other would be lost silently.',
      );
    }
    written.add(key);
    define(value, key, done.value);
    offsets.set(key, startOf(pair.key));
    keepWritten(walk, value, key, pair.value, done.value);
  }
  return { value, size };
}

function keepWritten(
  { written }: Walk,
  holder: object,
  key: string,
  node: Node | null,
  value: unknown,
): void {
  if (!isScalar(node) || (typeof value !== 'boolean' && typeof value !== 'number')) return;
  const text = String(node.value);
  if (text === String(value)) return;
  const texts = written.get(holder) ?? new Map<string, string>();
  written.set(holder, texts.set(key, text));
}

const NULL: Converted = Object.freeze({ value: null, size: 1 });

/** An own property whatever its name: `__proto__` must not reach the prototype. */
function define(into: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}

/** With a tag of its own it is a key like any other, as in quotes. */
const isMergeKey = (key: Node): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && key.value === '<<' && (!key.tag || key.tag === '!');

/** go-yaml v2 `decode.go`: a merge overwrites what stands above it; of several sources the first wins. */
function mergeInto(into: Record<string, unknown>, source: unknown, at: Node, walk: Walk): void {
  for (const one of Array.isArray(source) ? source.toReversed() : [source]) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) {
      throw new Refused(at, 'a merge key (<<) whose value is no map', 'Point it to an anchor of a map.');
    }
    for (const [key, value] of Object.entries(one)) {
      define(into, key, value);
      walk.offsets.get(into)?.set(key, walk.offsets.get(one)?.get(key) ?? startOf(at));
    }
  }
}

/** The string a key becomes. */
function keyOf(key: Node, walk: Walk, depth: number): string {
  const { value } = convert(key, walk, depth);
  if (value === null || typeof value === 'object') {
    throw new Refused(key, 'a key that is no string', 'Put the key in quotes.');
  }
  return String(value);
}

function scalarValue(node: Scalar): string | number | boolean | null {
  const text = String(node.value ?? '');
  if (node.type !== Scalar.PLAIN || node.tag) return text;
  const value = resolvePlain(text);
  if (Number.isNaN(value)) throw new Refused(node, `${text} is no number that JSON can hold`, 'Quote it.');
  return value;
}
