import { entriesOf, itemsOf } from '../source/yaml/json-text.ts';
import type { KubeObject } from './object.ts';
import { readObject } from './object-text.ts';

/** A list as it came, whose objects are read one at a time. */
export interface ListText {
  /** The list without its items. */
  readonly head: KubeObject;
  /** How many items there are. */
  readonly size: number;
  /** The items, each of which is parsed when it is reached. */
  items(): Generator<KubeObject>;
}

/**
 * Finds the items of a list without parsing them: a parsed page takes ten times its bytes, and more if the authors of its
 * objects want it to.
 * @param text of JSON, in UTF-8
 * @param mostValues the most values of an item; of an item with more, only its head is read
 * @throws SyntaxError where the text around the items is no JSON
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
