import { MAX_DEPTH } from '../limits.ts';
import { Refused, tooDeep } from '../refused.ts';
import { afterBlanks } from './json.ts';
import type { Places } from './places.ts';
import { define, NOTHING_WRITTEN, type PlainDocument } from './plain.ts';
import type { Repeats } from './repeats.ts';

/**
 * Reads the JSON value that starts at `start`, which `endOfJson` has found to be valid, with the place of each entry. If a key
 * is set twice, Go takes the last value.
 * @param places keeps the places, and limits their number
 * @param repeats keeps keys that are set twice, if there may be any
 * @throws Refused
 */
export function readJson(
  text: string,
  start: number,
  places: Places,
  repeats: Repeats,
): PlainDocument & { readonly start: number } {
  const reader = new Reader(text, start, places, repeats);
  const first = reader.at;
  const value = reader.value(0);
  return { value, offsets: reader.places.trim(), written: NOTHING_WRITTEN, repeats, start: first };
}

const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const SCALAR = /[^\s,\]}]+/y;

class Reader {
  readonly places: Places;
  readonly #repeats: Repeats;
  readonly #text: string;
  at: number;

  constructor(text: string, start: number, places: Places, repeats: Repeats) {
    this.#text = text;
    this.places = places;
    this.#repeats = repeats;
    this.at = afterBlanks(text, start);
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw tooDeep(this.at);
    switch (this.#text[this.at]) {
      case '{':
        return this.#map(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #map(depth: number): unknown {
    const value: Record<string, unknown> = {};
    const offsets = new Map<string, number>();
    for (let more = this.#enter('}'); more; more = this.#next()) {
      const at = this.at;
      const key = this.#string();
      this.#skip();
      // This skips the colon.
      this.at++;
      this.#skip();
      const before = offsets.get(key);
      if (before !== undefined) this.#repeats.see(value, { key, at, before });
      this.places.count(at);
      offsets.set(key, at);
      define(value, key, this.value(depth + 1));
    }
    this.#repeats.settle(value, offsets);
    this.places.add(
      value,
      Object.keys(value).map(key => offsets.get(key) ?? 0),
    );
    return value;
  }

  #list(depth: number): unknown {
    const value: unknown[] = [];
    const offsets: number[] = [];
    for (let more = this.#enter(']'); more; more = this.#next()) {
      this.places.count(this.at);
      offsets.push(this.at);
      value.push(this.value(depth + 1));
    }
    this.places.add(value, offsets);
    return value;
  }

  /** Skips the opening bracket; false where the brackets are empty. */
  #enter(close: string): boolean {
    this.at++;
    this.#skip();
    if (this.#text[this.at] !== close) return true;
    this.at++;
    return false;
  }

  /** Skips the comma; false at the closing bracket, which it skips, too. */
  #next(): boolean {
    this.#skip();
    const more = this.#text[this.at++] === ',';
    if (more) this.#skip();
    return more;
  }

  #string(): string {
    const start = this.at;
    let end = start + 1;
    let escaped = false;
    while (this.#text[end] !== '"') {
      if (this.#text[end] === '\\') {
        escaped = true;
        end++;
      }
      end++;
    }
    this.at = end + 1;
    return escaped ? JSON.parse(this.#text.slice(start, end + 1)) : this.#text.slice(start + 1, end);
  }

  #scalar(): number | boolean | null {
    SCALAR.lastIndex = this.at;
    const text = SCALAR.exec(this.#text)?.[0] ?? '';
    const word = WORDS[text];
    const value = word === undefined ? Number(text) : word;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new Refused(this.at, `${text} is larger than any number that kubectl reads`, 'Quote it.');
    }
    this.at += text.length;
    return value;
  }

  #skip(): void {
    this.at = afterBlanks(this.#text, this.at);
  }
}
