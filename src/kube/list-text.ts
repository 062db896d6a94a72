import { entriesOf, itemsOf } from '../source/yaml/json-text.ts';
import type { KubeObject } from './object.ts';
import { readObject } from './object-text.ts';

/** A list as it came, of which one object at a time is read. */
export interface ListText {
  /** The list without its items. */
  readonly head: KubeObject;
  /** How many items there are. */
  readonly size: number;
  /** Each is parsed when it is asked for. */
  items(): Generator<KubeObject>;
}

/**
 * Finds the items of a list without parsing them: parsed, a page takes ten times its bytes, which is what the authors of
 * its objects make of it.
 * @param text of JSON, UTF-8
 * @param mostValues of each item: of one with more, its head is read
 * @throws SyntaxError where what stands around the items is no JSON
 */
export function readListText(text: Buffer, mostValues?: number): ListText {
  const { items = [], list } = findItems(text) ?? {};
  const around = list ? [text.subarray(0, list.start), text.subarray(list.end)] : [text];
  return {
    head: JSON.parse(Buffer.concat(around).toString('utf8')),
    size: items.length,
    items: function* () {
      for (const { start, end } of items) yield readObject(text.subarray(start, end), mostValues);
    },
  };
}

function findItems(text: Buffer): ReturnType<typeof itemsOf> {
  for (const { key, start } of entriesOf(text)) {
    const found = key === 'items' ? itemsOf(text, start) : undefined;
    if (found) return found;
  }
  return undefined;
}
