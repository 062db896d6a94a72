import type { IncomingMessage, ServerResponse } from 'node:http';

/** What came of reading a body. `busy`: too much is held already. `aborted`: nobody is left to answer. */
export type ReadBody = Buffer | 'too-large' | 'busy' | 'aborted';

/** Bytes of bodies, of all requests, that were read and are not answered yet. */
export interface Intake {
  held: number;
}

export interface BodyLimits {
  readonly bodyBytes: number;
  /** Of all requests together. */
  readonly heldBytes: number;
}

/**
 * Reads a request's body whole. One that is too large, or for which there is no room, is answered at once; what is left
 * of it is read and dropped, so that the answer is not lost in a connection reset (RFC 9112 section 9.6), and the
 * server's request timeout bounds it.
 *
 * @param intake what is held counts until the response is closed
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyBytes, heldBytes }: BodyLimits,
  intake: Intake,
): Promise<ReadBody> {
  return new Promise(resolve => {
    let chunks: Buffer[] = [];
    let size = 0;
    const release = (): void => {
      intake.held -= size;
      size = 0;
      chunks = [];
    };
    const drop = (why: 'too-large' | 'busy'): void => {
      release();
      request.removeAllListeners('data');
      request.resume();
      resolve(why);
    };
    response.once('close', release);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      intake.held += chunk.length;
      chunks.push(chunk);
      if (size > bodyBytes) drop('too-large');
      else if (intake.held > heldBytes) drop('busy');
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
    if (Number(request.headers['content-length']) > bodyBytes) drop('too-large');
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** What a byte outside of strings adds to the depth. */
const STEP = Int8Array.from({ length: 256 }, (_, byte) =>
  '[{'.includes(String.fromCharCode(byte)) ? 1 : ']}'.includes(String.fromCharCode(byte)) ? -1 : 0,
);

export interface ShapeLimits {
  /** Levels of arrays and objects. */
  readonly depth: number;
  /** Commas outside of strings: members and items. */
  readonly items: number;
}

/**
 * Why this JSON is not judged; undefined where it can be. JSON.parse takes any depth, what walks its result (CEL,
 * JSON.stringify) does not; and each item may be a finding of several signals, which takes some 30 times the memory of
 * its text. So both are counted first. Structural bytes never occur inside a multi-byte character of UTF-8.
 */
export function outOfBounds(json: Buffer, limits: ShapeLimits): string | undefined {
  let depth = 0;
  let items = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number;
    if (byte === QUOTE) i = endOfString(json, i);
    else if (byte === COMMA) items++;
    else depth += STEP[byte] as number;
    if (depth > limits.depth) return `nests more than ${limits.depth} levels deep`;
  }
  return items > limits.items ? `holds more than ${limits.items} values` : undefined;
}

/** Index of the quote that ends the string which starts at `start`. */
function endOfString(json: Buffer, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
  return i;
}
