import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { Refused, startOf } from '../refused.ts';
import { endOfJson } from '../yaml/json.ts';
import { parseYaml } from '../yaml/parse.ts';
import { jsonIn } from '../yaml/stream.ts';

/** A map or a list in a text of YAML or JSON. Offsets are those of the text. */
export interface Holder {
  /** Whether it is written in brackets, as all of JSON is. */
  readonly isFlow: boolean;
  readonly isList: boolean;
  readonly entries: readonly Entry[];
}

/** A key with its value, or an item. */
export interface Entry {
  /** Empty for an item. */
  readonly key: string;
  /** Where the key or the item begins, which is also the position of its problems. */
  readonly start: number;
  /** Where its marker begins: for an item in a list of lines, the dash. */
  readonly mark: number;
  readonly valueStart: number;
  /** Where the value ends. */
  readonly end: number;
  /** The map or list that is the value; undefined for a scalar and an alias. */
  readonly holder?: Holder;
}

/**
 * The layouts of the documents to which these offsets of a text belong, each once; undefined where one cannot be read.
 * @param offsets the offsets of entries
 */
export function layoutsAt(text: string, offsets: readonly number[]): readonly Holder[] | undefined {
  const roots: Holder[] = [];
  let done = 0;
  for (const offset of offsets.toSorted((a, b) => a - b)) {
    if (offset < done) continue;
    const [from, to] = boundsOf(text, offset);
    const root = rootIn(text, from, to, offset);
    if (!root) return undefined;
    roots.push(root);
    done = to;
  }
  return roots;
}

/** The maps and lists of a document. */
export function* eachHolder(root: Holder): Generator<Holder> {
  const todo = [root];
  for (let holder = todo.pop(); holder; holder = todo.pop()) {
    yield holder;
    todo.push(...holder.entries.flatMap(entry => entry.holder ?? []));
  }
}

function rootIn(text: string, from: number, to: number, offset: number): Holder | undefined {
  try {
    for (const parsed of parseYaml(text.slice(from, to))) {
      if (!('document' in parsed) || from + parsed.end <= offset) continue;
      const { contents, errors } = parsed.document;
      return errors.length === 0 ? holderOf(contents as Node | null, { text, from }) : undefined;
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  return undefined;
}

/** Where the document begins and ends, so that no other document of the text is parsed. */
function boundsOf(text: string, offset: number): readonly [from: number, to: number] {
  for (const start of jsonIn(text)) {
    if (start > offset) break;
    const value = endOfJson(text, start);
    if ('end' in value && offset < value.end) return [start, value.end];
  }
  const from = text.lastIndexOf('\n---', offset);
  const to = text.indexOf('\n---', offset);
  return [from + 1, to < 0 ? text.length : to + 1];
}

/** The text, and where the parsed part of it begins. */
interface Place {
  readonly text: string;
  readonly from: number;
}

function holderOf(node: Node | null, place: Place): Holder | undefined {
  if (isMap(node)) return mapOf(node as YAMLMap<Node, Node | null>, place);
  return isSeq(node) ? listOf(node as YAMLSeq<Node>, place) : undefined;
}

const mapOf = (map: YAMLMap<Node, Node | null>, place: Place): Holder => ({
  isFlow: map.flow === true,
  isList: false,
  entries: map.items.map(pair => pairOf(pair, place)),
});

function pairOf({ key, value }: Pair<Node, Node | null>, place: Place): Entry {
  const start = place.from + startOf(key);
  const keyEnd = place.from + (key.range?.[1] ?? 0);
  const holder = holderOf(value, place);
  return {
    key: isScalar(key) ? String(key.value) : '',
    start,
    mark: start,
    valueStart: value?.range ? place.from + value.range[0] : keyEnd,
    end: Math.max(keyEnd, endOf(value, holder, place)),
    ...(holder && { holder }),
  };
}

function listOf(list: YAMLSeq<Node>, place: Place): Holder {
  const isFlow = list.flow === true;
  const entries: Entry[] = [];
  for (const item of list.items) {
    const start = place.from + startOf(item);
    const holder = holderOf(item, place);
    const before = entries.at(-1)?.end;
    const mark = isFlow
      ? start
      : before === undefined
        ? place.from + startOf(list)
        : dashIn(place.text, before, start);
    entries.push({
      key: '',
      start,
      mark,
      valueStart: start,
      end: endOf(item, holder, place),
      ...(holder && { holder }),
    });
  }
  return { isFlow, isList: true, entries };
}

/** The dash of an item, between the previous item and the first character of its own. */
function dashIn(text: string, from: number, to: number): number {
  const match = /^[ \t]*-(?=\s)/m.exec(text.slice(from, to));
  return match ? from + match.index + match[0].length - 1 : to;
}

/** Where a value ends: a block ends with its last entry. */
function endOf(node: Node | null, holder: Holder | undefined, { from }: Place): number {
  const last = holder && !holder.isFlow ? holder.entries.at(-1) : undefined;
  return last?.end ?? from + (node?.range?.[1] ?? 0);
}
