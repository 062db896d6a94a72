import type { Purpose } from '../document.ts';
import { Refused } from '../refused.ts';

/** A key that is set again: the place of the value that counts, and the place of another one. */
export interface Repeat {
  readonly key: string;
  readonly at: number;
  readonly before: number;
}

/** How many repeats of one document are reported one by one. */
const MAX_TOLD = 20;

/**
 * The keys of one document that are set twice in a map. kubectl and Helm silently take the last value (sigs.k8s.io/yaml and
 * sigs.k8s.io/json, neither of them strict), and so does a review of what they apply. A file that is itself in force has to be
 * unambiguous, so there it is an error.
 */
export class Repeats {
  readonly #purpose: Purpose;
  /** The earlier places of keys of maps that are being read. */
  readonly #before = new Map<object, Map<string, number>>();
  readonly told: Repeat[] = [];
  /** How many more there are. */
  untold = 0;

  constructor(purpose: Purpose) {
    this.#purpose = purpose;
  }

  /**
   * @param isSame whether YAML also takes both for one key: go-yaml keeps both 1 and "1", and which one becomes the key in JSON
   *   is chance
   * @throws Refused
   */
  see(map: object, { key, at, before }: Repeat, isSame = true): void {
    if (this.#purpose === 'settings') throw setTwice(at, key);
    if (!isSame) throw eitherOf(at, key);
    const keys = this.#before.get(map) ?? new Map<string, number>();
    if (!keys.has(key)) this.#before.set(map, keys.set(key, before));
  }

  /** Called when the map has been read, and it is known which value counts. */
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
