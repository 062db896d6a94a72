const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LETTER_U = 0x75;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Levels of objects that the head keeps: `request.object.metadata.deletionTimestamp` is a member of the fourth. */
const HEAD_DEPTH = 4;
/** Characters of a string that the head keeps: more than any name or user name that is valid. */
const HEAD_STRING = 1024;
/** The most bytes of a head. */
const HEAD_BYTES = 64 * 1024;
/** The level of the members of `request`. */
const REQUEST_DEPTH = 2;

/** The most bytes that one `feed` writes before where it was told to: the digits of an escape that began earlier. */
export const ESCAPE_BYTES = 6;

/**
 * One pass over an AdmissionReview as it streams in, in pieces of any size. It counts how deep the JSON nests and how many
 * items it holds, writes the same JSON shorter, and keeps its head: who asks for what, readable even where the rest is too much
 * to be kept.
 *
 * Shorter: the API server writes `<`, `>`, `&`, U+2028 and U+2029 as escapes of six bytes (Go's encoding/json with
 * SetEscapeHTML), so an author could make a review six times as long as the object. Here they are written as themselves, which
 * a parser reads in the same way. What has to be escaped stays so: quotes, backslashes, control characters, and halves of
 * surrogate pairs.
 *
 * Head: the same JSON to the fourth level, with empty lists and shortened strings. The API server sends `uid` first, and all of
 * `name`, `namespace`, `operation` and `userInfo` before `object` (k8s.io/api/admission/v1 `AdmissionRequest`).
 */
export class ReviewScan {
  /** Commas outside of strings: members and items. */
  items = 0;
  /** Levels of arrays and objects. */
  deepest = 0;

  #depth = 0;
  #inString = false;
  /** 0 outside of an escape, 1 behind its backslash, 2 to 5 where a hexadecimal digit is next. */
  #escape = 0;
  #code = 0;

  #head = Buffer.allocUnsafe(1024);
  #headLength = 0;
  /** How much of the head ends with a whole member of `request`. */
  #wholeMembers = 0;
  /** The level below which nothing is kept now; 0 where everything is. */
  #left = 0;
  #headFull = false;
  #stringLength = 0;

  /**
   * @param out where the shorter JSON goes, with room for all of the chunk, and ESCAPE_BYTES before `start`
   * @returns where it ends
   */
  feed(chunk: Buffer, out: Buffer, start: number): number {
    let end = start;
    let i = 0;
    while (i < chunk.length) {
      if (this.#passes()) {
        const [read, written] = copyText(chunk, i, out, end);
        i = read;
        end = written;
        if (i === chunk.length) break;
      }
      const byte = chunk[i++] as number;
      out[end++] = byte;
      if (this.#inString) end = this.#text(byte, out, end);
      else this.#structure(byte);
    }
    return end;
  }

  /** True within text that the head does not keep: nearly all of a large review. */
  #passes(): boolean {
    const unkept = this.#left !== 0 || this.#headFull || this.#stringLength === Number.POSITIVE_INFINITY;
    return unkept && this.#inString && this.#escape === 0;
  }

  /** The head as it is parsed; undefined where not even a first member of the request is there. */
  head(): unknown {
    const whole = this.#depth === 0 && !this.#headFull;
    const kept = this.#head.toString('utf8', 0, whole ? this.#headLength : this.#wholeMembers);
    try {
      return JSON.parse(whole ? kept : `${kept}}}`);
    } catch {
      return undefined;
    }
  }

  #text(byte: number, out: Buffer, end: number): number {
    if (this.#left === 0) this.#keepText(byte);
    switch (this.#escape) {
      case 0:
        if (byte === QUOTE) this.#inString = false;
        else if (byte === BACKSLASH) this.#escape = 1;
        return end;
      case 1:
        this.#escape = byte === LETTER_U ? 2 : 0;
        this.#code = 0;
        return end;
      default:
        return this.#digit(byte, out, end);
    }
  }

  #digit(byte: number, out: Buffer, end: number): number {
    const digit = hexadecimal(byte);
    if (digit < 0) {
      // This is no JSON, which the parser will say.
      this.#escape = 0;
      if (byte === QUOTE) this.#inString = false;
      return end;
    }
    this.#code = this.#code * 16 + digit;
    if (++this.#escape < ESCAPE_BYTES) return end;
    this.#escape = 0;
    return isPlain(this.#code) ? writeUtf8(this.#code, out, end - ESCAPE_BYTES) : end;
  }

  #structure(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#stringLength = 0;
        break;
      case COMMA:
        this.items++;
        if (this.#depth === REQUEST_DEPTH && !this.#headFull) this.#wholeMembers = this.#headLength;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++this.#depth > this.deepest) this.deepest = this.#depth;
        if (this.#left !== 0) return;
        this.#keep(byte);
        if (byte === OPEN_ARRAY || this.#depth > HEAD_DEPTH) this.#left = this.#depth;
        return;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        if (this.#left === this.#depth) this.#left = 0;
        this.#depth--;
        break;
    }
    if (this.#left === 0) this.#keep(byte);
  }

  /** Cuts between characters and escapes, never within one. */
  #keepText(byte: number): void {
    const ends = this.#escape === 0 && byte === QUOTE;
    const begins = this.#escape === 0 && (byte & 0xc0) !== 0x80;
    if (this.#stringLength >= HEAD_STRING && begins && !ends) this.#stringLength = Number.POSITIVE_INFINITY;
    this.#stringLength++;
    if (ends || this.#stringLength !== Number.POSITIVE_INFINITY) this.#keep(byte);
  }

  #keep(byte: number): void {
    if (this.#headLength === HEAD_BYTES) this.#headFull = true;
    if (this.#headFull) return;
    if (this.#headLength === this.#head.length)
      this.#head = Buffer.concat([this.#head], 2 * this.#headLength);
    this.#head[this.#headLength++] = byte;
  }
}

/**
 * The fast path through a string, to its end or to anything but a whole escape of a plain character.
 * @returns how far it has read and written
 */
function copyText(chunk: Buffer, from: number, out: Buffer, start: number): readonly [number, number] {
  let i = from;
  let end = start;
  while (i < chunk.length) {
    const byte = chunk[i] as number;
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) {
      const code = i + ESCAPE_BYTES <= chunk.length ? escaped(chunk, i) : -1;
      if (!isPlain(code)) break;
      end = writeUtf8(code, out, end);
      i += ESCAPE_BYTES;
    } else {
      out[end++] = byte;
      i++;
    }
  }
  return [i, end];
}

/** The character of the escape that starts at `at`; -1 where that does not have four digits. */
function escaped(chunk: Buffer, at: number): number {
  if (chunk[at + 1] !== LETTER_U) return -1;
  let code = 0;
  for (let i = at + 2; i < at + ESCAPE_BYTES; i++) {
    const digit = hexadecimal(chunk[i] as number);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

/** The value of a hexadecimal digit; -1 for anything else. */
function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** True for a character that may stand in a JSON string as it is (RFC 8259 section 7), and in UTF-8 at all. */
const isPlain = (code: number): boolean =>
  code >= 0x20 && code !== QUOTE && code !== BACKSLASH && (code < 0xd800 || code > 0xdfff);

function writeUtf8(code: number, out: Buffer, at: number): number {
  if (code < 0x80) {
    out[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    out[at] = 0xc0 | (code >> 6);
    out[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  out[at] = 0xe0 | (code >> 12);
  out[at + 1] = 0x80 | ((code >> 6) & 0x3f);
  out[at + 2] = 0x80 | (code & 0x3f);
  return at + 3;
}
