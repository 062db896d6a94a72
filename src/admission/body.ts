import type { IncomingMessage } from 'node:http';

/** What came of reading a body. `aborted`: nobody is left to answer. */
export type ReadBody = Buffer | 'too-large' | 'aborted';

/**
 * Reads a request's body whole. One that is too large is answered at once; what is left of it is read and dropped, so
 * that the answer is not lost in a connection reset (RFC 9112 section 9.6), and the server's request timeout bounds it.
 *
 * @param limit bytes
 */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let size = 0;
    const drop = (): void => {
      request.removeAllListeners('data');
      request.resume();
      resolve('too-large');
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) drop();
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
    if (Number(request.headers['content-length']) > limit) drop();
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a byte outside of strings adds to the depth. */
const STEP = Int8Array.from({ length: 256 }, (_, byte) =>
  '[{'.includes(String.fromCharCode(byte)) ? 1 : ']}'.includes(String.fromCharCode(byte)) ? -1 : 0,
);

/**
 * True when arrays and objects are nested no deeper than `limit`. JSON.parse takes any depth, what walks its result
 * (CEL, JSON.stringify) does not: so the brackets are counted first. Structural bytes never occur inside a multi-byte
 * character of UTF-8.
 */
export function nestsWithin(json: Buffer, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number;
    if (byte === QUOTE) i = endOfString(json, i);
    else depth += STEP[byte] as number;
    if (depth > limit) return false;
  }
  return true;
}

/** Index of the quote that ends the string which starts at `start`. */
function endOfString(json: Buffer, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
  return i;
}
