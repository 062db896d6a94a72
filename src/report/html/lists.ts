import { signalById } from '../../signals/index.ts';
import { clean } from '../../source/text.ts';
import type { Index, PageData, PolicyData, SignalData, Text } from './data.ts';

/** The most characters of a text from a manifest in the list of a page. */
const LONGEST = 600;

/** The tiers of policies, by the names that assessments use. */
export type Tiers = ReadonlyMap<string, PolicyData['tiers']>;

/** The lists that rows share: each text, signal and policy is kept once, and rows refer to it by a number. */
export class Lists {
  readonly #texts = new Kept<string>();
  readonly #signals = new Kept<SignalData>();
  readonly #policies = new Kept<PolicyData>();
  readonly #tiers: Tiers;

  constructor(tiers: Tiers) {
    this.#tiers = tiers;
  }

  /** The number of a text, in which nothing reverses text or moves a cursor. */
  text(words: string): Text {
    const safe = clean(words, LONGEST);
    return this.#texts.of(safe, () => safe);
  }

  signal(id: string): Index {
    const { title = id, category = 'requirement' } = signalById.get(id) ?? {};
    return this.#signals.of(id, () => ({ id, title, category }));
  }

  policy(id: string): Index {
    return this.#policies.of(id, () => ({ name: this.text(id), tiers: this.#tiers.get(id) ?? [] }));
  }

  get all(): Pick<PageData, 'texts' | 'signals' | 'policies'> {
    return { texts: this.#texts.all, signals: this.#signals.all, policies: this.#policies.all };
  }
}

/** Values in the order in which they came, each once. */
class Kept<T> {
  readonly #places = new Map<string, Index>();
  readonly all: T[] = [];

  /** The index of what is kept under a key; it is made where it is new. */
  of(key: string, make: () => T): Index {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.all.length);
    return this.all.push(make()) - 1;
  }
}
