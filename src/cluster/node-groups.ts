import { type NodeBits, NumberSet } from './node-set.ts';
import type { NodeGroup } from './view.ts';

interface Group extends NodeGroup {
  readonly all: NumberSet;
  readonly values: Map<string, NumberSet>;
  readonly numbers: Numbers;
}

/** Nodes by a key, such as that of a label, and its value. A node has each key once. */
export class Groups {
  readonly #groups = new Map<string, Group>();

  get(key: string): NodeGroup | undefined {
    return this.#groups.get(key);
  }

  add(node: number, key: string, value: string): void {
    const group = this.#groups.get(key) ?? {
      all: new NumberSet(),
      values: new Map(),
      numbers: new Numbers(),
    };
    this.#groups.set(key, group);
    group.all.add(node);
    const same = group.values.get(value) ?? new NumberSet();
    group.values.set(value, same);
    same.add(node);
    const number = wholeNumber(value);
    if (number !== undefined) group.numbers.add(node, number);
  }

  delete(node: number, key: string, value: string): void {
    const group = this.#groups.get(key);
    if (!group?.all.has(node)) return;
    group.all.delete(node);
    group.numbers.delete(node);
    group.values.get(value)?.delete(node);
    if (group.values.get(value)?.size === 0) group.values.delete(value);
    if (group.all.size === 0) this.#groups.delete(key);
  }
}

/** Nodes whose value is a whole number, as two lists in the same order, which are quick to run through. */
class Numbers {
  readonly #nodes: number[] = [];
  readonly #values: number[] = [];

  add(node: number, value: number): void {
    this.#nodes.push(node);
    this.#values.push(value);
  }

  /** The last one takes its place. */
  delete(node: number): void {
    const at = this.#nodes.indexOf(node);
    if (at < 0) return;
    const [lastNode, lastValue] = [this.#nodes.pop(), this.#values.pop()];
    if (lastNode === undefined || lastValue === undefined || lastNode === node) return;
    this.#nodes[at] = lastNode;
    this.#values[at] = lastValue;
  }

  addBeyond(bits: NodeBits, bound: number, direction: 1 | -1): void {
    const [nodes, values, limit] = [this.#nodes, this.#values, bound * direction];
    // Neighbours usually share a word, which is written once for all of them.
    let at = 0;
    let word = 0;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as number;
      if (node >>> 5 !== at) {
        bits[at] = (bits[at] ?? 0) | word;
        at = node >>> 5;
        word = 0;
      }
      word |= ((values[i] as number) * direction > limit ? 1 : 0) << node;
    }
    bits[at] = (bits[at] ?? 0) | word;
  }
}

/** The number; undefined for a text that is none, which `Gt` and `Lt` then do not match. */
export const wholeNumber = (text: string): number | undefined =>
  /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
