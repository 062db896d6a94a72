import type { Purpose } from '../document.ts';
import { Refused } from '../refused.ts';

/** A key that is set again: where the value stands that counts, and where another does. */
export interface Repeat {
  readonly key: string;
  readonly at: number;
  readonly before: number;
}

/** How many repeats of one document are told one by one. */
const MAX_TOLD = 20;

/**
 * The keys of one document that are set twice in a map. kubectl and Helm take the last value, without a word
 * (sigs.k8s.io/yaml and sigs.k8s.io/json, neither of them strict), and so does what judges for them. What is in force by
 * such a file itself has to say what it means: there it is an error.
 */
export class Repeats {
  readonly #purpose: Purpose;
  /** Where the keys of maps that are being read stood before they were set again. */
  readonly #before = new Map<object, Map<string, number>>();
  readonly told: Repeat[] = [];
  /** How many there are besides. */
  untold = 0;

  constructor(purpose: Purpose) {
    this.#purpose = purpose;
  }

  /**
   * @param isSame whether both are one key to YAML as well: of 1 and "1", go-yaml keeps both, and which of them the JSON
   *   gets is chance
   * @throws Refused
   */
  see(map: object, { key, at, before }: Repeat, isSame = true): void {
    if (this.#purpose === 'settings') throw setTwice(at, key);
    if (!isSame) throw eitherOf(at, key);
    const keys = this.#before.get(map) ?? new Map<string, number>();
    if (!keys.has(key)) this.#before.set(map, keys.set(key, before));
  }

  /** The map has been read: it is known which value counts. */
  settle(map: object, offsets: ReadonlyMap<string, number>): void {
    const keys = this.#before.get(map);
    if (!keys) return;
    for (const [key, before] of keys) {
      if (this.told.length < MAX_TOLD) this.told.push({ key, at: offsets.get(key) ?? before, before });
      else this.untold++;
    }
    this.#before.delete(map);
  }
}

const setTwice = (at: number, key: string): Refused =>
  new Refused(at, `the key ${key} is set twice`, 'Keep one; the other would be lost silently.');

const eitherOf = (at: number, key: string): Refused =>
  new Refused(
    at,
    `the key ${key} is set twice, as what YAML takes for two keys: kubectl sends either value, by chance`,
    'Keep one.',
  );
