import type { StringMap } from '../pod/kube.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { charactersOf } from './bounds.ts';

/** The characters of labels that each namespace may have: thirty ordinary ones have some 1,500. */
export const OWN_CHARACTERS = 2048;
/** The characters that all namespaces together may have beyond that. A character takes some two bytes here. */
export const SHARED_CHARACTERS = 8 * 1024 * 1024;
/** The part of the room that must be free before namespaces without any are read again; it always suffices for one. */
const FREE_PART = 0.1;

/**
 * The room for labels of namespaces. Each namespace may have 16 KiB of them, and a client that may create namespaces creates
 * thousands a minute; so many of the largest size would end all replicas. So namespaces with more labels than ordinary ones
 * share a bounded room. Of one that finds no room only the mode is known, as of one that is too large to be read.
 */
export class NamespaceRoom {
  /** The characters that each namespace takes beyond its own. */
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

  /** Whether there is room again, and a namespace that had found none. */
  get lacks(): boolean {
    return this.#without.size > 0 && this.#sum < (1 - FREE_PART) * SHARED_CHARACTERS;
  }
}

const NO_ROOM = `more than ${OWN_CHARACTERS} characters of labels, where namespaces with so many have used up their room`;

const modeOf = ({ [MODE_LABEL]: mode }: StringMap): StringMap =>
  Object.freeze(mode === undefined ? {} : { [MODE_LABEL]: mode });
