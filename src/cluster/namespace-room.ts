import type { StringMap } from '../pod/kube.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { charactersOf } from './bounds.ts';

/** The characters of labels that each namespace may have: thirty ordinary ones have some 1,500. */
export const OWN_CHARACTERS = 2048;
/** What all namespaces together may have beyond that. A character takes two bytes or so here. */
export const SHARED_CHARACTERS = 8 * 1024 * 1024;
/** So much of it has to be free before namespaces that found none are read again: always enough for one. */
const FREE_PART = 0.1;

/**
 * The room that labels of namespaces have. Each may have 16 KiB of them, and whoever may create namespaces creates thousands a
 * minute: of so many that are as large as they may be, all replicas would end. So those with more than others need share what
 * is left, and of one that finds no room only the mode is known, as of one that is larger than any is read.
 */
export class NamespaceRoom {
  /** What each takes beyond its own. */
  readonly #taken = new Map<string, number>();
  readonly #without = new Set<string>();
  #sum = 0;

  /** @returns the facts, without its labels where there is no room for them */
  fit(facts: NamespaceFacts): NamespaceFacts {
    this.leave(facts.name);
    const more = charactersOf(facts.labels) - OWN_CHARACTERS;
    if (more <= 0) return facts;
    if (this.#sum + more > SHARED_CHARACTERS) {
      this.#without.add(facts.name);
      return Object.freeze({ name: facts.name, labels: modeOf(facts.labels), beyond: NO_ROOM });
    }
    this.#taken.set(facts.name, more);
    this.#sum += more;
    return facts;
  }

  leave(name: string): void {
    this.#sum -= this.#taken.get(name) ?? 0;
    this.#taken.delete(name);
    this.#without.delete(name);
  }

  /** Whether there is room again for some that found none. */
  get lacks(): boolean {
    return this.#without.size > 0 && this.#sum < (1 - FREE_PART) * SHARED_CHARACTERS;
  }
}

const NO_ROOM = `more than ${OWN_CHARACTERS} characters of labels, where namespaces with so many have used up their room`;

const modeOf = ({ [MODE_LABEL]: mode }: StringMap): StringMap =>
  Object.freeze(mode === undefined ? {} : { [MODE_LABEL]: mode });
