import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from './caller.ts';
import type { Intake, IntakeLimits } from './intake.ts';
import { ESCAPE_BYTES, ReviewScan } from './scan.ts';
import { outOfBounds, type ShapeLimits, shapeProblem } from './shape.ts';
import { Text } from './text.ts';

export interface BodyLimits extends IntakeLimits, ShapeLimits {
  /** The most bytes of a body that is judged, as it is held: without the escapes that it can do without. */
  readonly bodyBytes: number;
  /** The most bytes of a body as it comes in. If there are more, not even its head is read. */
  readonly sentBytes: number;
}

/** Why a body is not judged, and the HTTP code that says so where not even its head can be read. */
export interface Refusal {
  readonly code: number;
  readonly problem: string;
}

export interface WholeBody {
  /** Whether it has more bytes than one of ordinary size. */
  readonly isLarge: boolean;
  /** Whether it has so few that what comes of several can be in memory at once. */
  readonly isSmall: boolean;
  /** What is held of it now; while it waits, it may have to make room for others. */
  read(): ReadBody;
}

export type ReadBody =
  | { readonly json: Buffer }
  /** @param head what could be read of who asks for what, as parsed JSON */
  | { readonly refusal: Refusal; readonly head: unknown };

/** The caller may try again a moment later. */
export const BUSY = 429;
const CUT: Readonly<Record<'busy' | 'stalled', Refusal>> = {
  busy: { code: BUSY, problem: 'too many large requests are being judged; try again' },
  stalled: { code: 408, problem: 'the body did not come in time' },
};

/** Most reviews have less. What is made of a text in memory takes up to thirty times as much: see ./shape.ts. */
const SMALL_BYTES = 32 * 1024;

/**
 * An API server says how long a body is, and sends it in pieces of a packet or more. Each piece costs a call here, even if it
 * is a single byte: all that one connection can have sent in such pieces by the time the event loop comes to it would hold up
 * the loop for a second.
 */
const CRUMBS: Refusal = { code: 400, problem: 'the body came in too many small pieces' };
export const SOME_PIECES = 64;
export const LEAST_MEAN_BYTES = 256;

/**
 * Reads a request's body. If it is too large, nests too deeply, or has no room, it is still read to its end, but not kept: its
 * head is needed, and an answer before the end would be lost in a connection reset (RFC 9112 section 9.6). Undefined where
 * nobody is left to answer.
 *
 * @returns once it is whole, or is cut; it can still be cut until it is taken
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limits: BodyLimits,
  { intake, caller }: { readonly intake: Intake; readonly caller: Caller },
): Promise<WholeBody | undefined> {
  return new Promise(resolve => {
    const body = new Body(limits);
    const finish = (): void => {
      if (place.whole) return;
      place.whole = true;
      const { sent } = body;
      resolve({
        isLarge: sent > limits.ordinaryBytes,
        isSmall: sent <= SMALL_BYTES,
        read: () => body.read(),
      });
    };
    const place = intake.open(caller, why => {
      body.refuse(CUT[why]);
      if (why === 'stalled') finish();
    });
    response.on('close', () => {
      body.forget();
      place.leave();
    });
    request.on('data', (chunk: Buffer) => {
      if (place.whole) return;
      body.add(chunk);
      place.hold(chunk.length, body.held);
      if (body.sent > limits.sentBytes) finish();
      else if (body.isCrumbs) {
        body.refuse(CRUMBS);
        finish();
      }
    });
    request.on('end', finish);
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}

/** A body is scanned in pieces, so that the buffer for its shorter JSON can be small. */
const PIECE_BYTES = 64 * 1024;
const SCRATCH = Buffer.allocUnsafe(ESCAPE_BYTES + PIECE_BYTES);

/** The memory that a chunk takes besides its bytes: it counts, as a chunk may be a single byte. */
const CHUNK_BYTES = 256;

/**
 * A body of ordinary size is kept as it comes and looked at once it is whole. A larger one is scanned as it comes, and
 * kept without the escapes that inflate it.
 */
class Body {
  sent = 0;
  #pieces = 0;
  #limits: BodyLimits;
  #chunks: Buffer[] = [];
  #scan: ReviewScan | undefined;
  #text: Text | undefined;
  #refusal: Refusal | undefined;
  #checked = false;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  get held(): number {
    if (this.#refusal) return 0;
    return this.#scan ? (this.#text?.held ?? 0) : this.sent + CHUNK_BYTES * this.#chunks.length;
  }

  /** The last piece is what is left, and may be small: only those before it are counted. */
  get isCrumbs(): boolean {
    return this.#pieces > SOME_PIECES && this.sent < (this.#pieces - 1) * LEAST_MEAN_BYTES;
  }

  add(chunk: Buffer): void {
    this.#pieces++;
    this.sent += chunk.length;
    if (!this.#scan && this.sent <= this.#limits.ordinaryBytes) this.#chunks.push(chunk);
    else this.#take(this.#startScan(), chunk);
  }

  /** Keeps the first reason that it is given. */
  refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.#startScan();
    this.#text?.drop();
  }

  forget(): void {
    this.#chunks = [];
    this.#text?.drop();
  }

  /** The body once it is whole. */
  read(): ReadBody {
    if (!this.#scan) this.#check();
    const refusal = this.#refusal;
    return refusal ? { refusal, head: this.#scan?.head() } : { json: this.#json() };
  }

  #json(): Buffer {
    if (this.#text) return this.#text.whole();
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** A body of ordinary size is looked at here, and not while it comes in. */
  #check(): void {
    if (this.#checked) return;
    this.#checked = true;
    const json = this.#json();
    const problem = json.length === 0 ? 'is empty' : outOfBounds(json, this.#limits);
    if (problem !== undefined) this.refuse({ code: 400, problem: `the body ${problem}` });
  }

  /** Starts to scan whatever comes in from here on. */
  #startScan(): ReviewScan {
    if (this.#scan) return this.#scan;
    const scan = new ReviewScan();
    this.#scan = scan;
    this.#text = new Text(scan);
    const chunks = this.#chunks;
    this.#chunks = [];
    for (const chunk of chunks) this.#take(scan, chunk);
    return scan;
  }

  #take(scan: ReviewScan, chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      if (this.#refusal) {
        scan.feed(piece, SCRATCH, ESCAPE_BYTES);
        continue;
      }
      const length = this.#text?.take(piece) ?? 0;
      const { bodyBytes } = this.#limits;
      const problem = shapeProblem(scan, this.#limits);
      if (problem !== undefined) this.refuse({ code: 400, problem: `the body ${problem}` });
      else if (length > bodyBytes) {
        this.refuse({ code: 413, problem: `the body has more than ${bodyBytes} bytes` });
      }
    }
  }
}

/** The head of a body that is whole. */
export function headOf(json: Buffer): unknown {
  const scan = new ReviewScan();
  for (let at = 0; at < json.length; at += PIECE_BYTES)
    scan.feed(json.subarray(at, at + PIECE_BYTES), SCRATCH, ESCAPE_BYTES);
  return scan.head();
}
