/** The most levels that Go's encoding/json reads. */
const MAX_DEPTH = 10_000;

/** The end of a JSON value, or the character at which the text is no JSON. */
export type JsonEnd = { readonly end: number } | { readonly wrongAt: number };

const BLANK = /[ \t\r\n]*/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** The offset after the JSON white space that starts at `at`. */
export function afterBlanks(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.test(text);
  return BLANK.lastIndex;
}

/**
 * Where the JSON value that starts at `start` ends, by the grammar of Go's encoding/json, which kubectl uses. Nothing is kept
 * and nothing recurses, so the value may be of any size and depth.
 */
export function endOfJson(text: string, start: number): JsonEnd {
  const scan = new Scan(text, start);
  while (scan.value() && scan.toNext());
  return scan.whole ? { end: scan.at } : { wrongAt: scan.at };
}

const CLOSE: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Each step moves `at` past what it has read, or, where it returns false, to what is wrong. */
class Scan {
  at: number;
  /** True once the outermost value has ended. */
  whole = false;
  readonly #text: string;
  readonly #open: string[] = [];

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = afterBlanks(text, start);
  }

  /** Reads a scalar, or brackets up to the first scalar within them. */
  value(): boolean {
    for (;;) {
      const close = CLOSE[this.#text[this.at] ?? ''];
      if (close === undefined) return this.#text[this.at] === '"' ? this.#string() : this.#word();
      if (this.#open.length === MAX_DEPTH) return false;
      this.at = afterBlanks(this.#text, this.at + 1);
      if (this.#text[this.at] === close) {
        this.at++;
        return true;
      }
      this.#open.push(close);
      if (close === '}' && !this.#key()) return false;
    }
  }

  /** Moves from the end of a value to the next value, out of all that ends there; false at the end, too. */
  toNext(): boolean {
    for (; this.#open.length > 0; this.at++) {
      this.at = afterBlanks(this.#text, this.at);
      if (this.#text[this.at] === ',') {
        this.at = afterBlanks(this.#text, this.at + 1);
        return this.#open.at(-1) !== '}' || this.#key();
      }
      if (this.#text[this.at] !== this.#open.at(-1)) return false;
      this.#open.pop();
    }
    this.whole = true;
    return false;
  }

  #key(): boolean {
    if (this.#text[this.at] !== '"' || !this.#string()) return false;
    this.at = afterBlanks(this.#text, this.at);
    if (this.#text[this.at] !== ':') return false;
    this.at = afterBlanks(this.#text, this.at + 1);
    return true;
  }

  /** Reads a string from its opening quote. */
  #string(): boolean {
    for (this.at++; this.at < this.#text.length; this.at++) {
      const code = this.#text.charCodeAt(this.at);
      if (code < 0x20) return false;
      if (code === 0x22) {
        this.at++;
        return true;
      }
      if (code !== 0x5c) continue;
      if (!/^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(this.#text.slice(this.at + 1, this.at + 6))) return false;
      this.at++;
    }
    return false;
  }

  #word(): boolean {
    NUMBER_OR_WORD.lastIndex = this.at;
    if (!NUMBER_OR_WORD.test(this.#text)) return false;
    this.at = NUMBER_OR_WORD.lastIndex;
    return true;
  }
}
