/** The depth that Go's encoding/json goes to. */
const MAX_DEPTH = 10_000;

/** The end of a JSON value, or the character at which the text turns out to be none. */
export type JsonEnd = { readonly end: number } | { readonly wrongAt: number };

const BLANK = /[ \t\r\n]*/y;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** The offset behind the white space of JSON that starts at `at`. */
export function afterBlanks(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.test(text);
  return BLANK.lastIndex;
}

/**
 * Where the JSON value that starts at `start` ends, by the grammar of Go's encoding/json, which kubectl reads with.
 * Nothing is kept of it, and nothing recurses: it may be as large and as deep as it likes.
 */
export function endOfJson(text: string, start: number): JsonEnd {
  const scan = new Scan(text, start);
  while (scan.value() && scan.toNext());
  return scan.whole ? { end: scan.at } : { wrongAt: scan.at };
}

const CLOSE: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Each step leaves `at` behind what it read, or, where it answers false, at what is wrong. */
class Scan {
  at: number;
  /** The outermost value has ended. */
  whole = false;
  readonly #text: string;
  readonly #open: string[] = [];

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = afterBlanks(text, start);
  }

  /** A scalar, or brackets up to the first scalar within. */
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

  /** Goes on behind a value: out of what ends there, to the next value; false at the end, too. */
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
