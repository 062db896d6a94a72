import { Groups } from './node-groups.ts';
import { NumberSet } from './node-set.ts';
import type { NodeFacts, RepellingEffect, Taint, TaintedNodes } from './view.ts';

/** The nodes that have taints of one effect. */
export class Tainted implements TaintedNodes {
  readonly byKey = new Groups();
  readonly having: NumberSet[] = [];
  readonly #effect: RepellingEffect;

  constructor(effect: RepellingEffect) {
    this.#effect = effect;
  }

  add(node: number, facts: NodeFacts): void {
    const values = this.#valuesOf(facts);
    for (const [key, value] of values) this.byKey.add(node, key, value);
    while (this.having.length < values.size) this.having.push(new NumberSet());
    for (const more of this.having.slice(0, values.size)) more.add(node);
  }

  delete(node: number, facts: NodeFacts): void {
    for (const [key, value] of this.#valuesOf(facts)) this.byKey.delete(node, key, value);
    for (const more of this.having) more.delete(node);
  }

  /** The values by key: the API server allows a node each key once for each effect (core validation, validateNodeTaints). */
  #valuesOf({ taints, unschedulable }: NodeFacts): ReadonlyMap<string, string> {
    const all = unschedulable ? [...taints, UNSCHEDULABLE] : taints;
    return new Map(
      all.filter(({ effect }) => effect === this.#effect).map(({ key, value = '' }) => [key, value]),
    );
  }
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
