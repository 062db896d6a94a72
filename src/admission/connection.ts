import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Pieces with fewer bytes than this are small; a request may come in this many small ones. */
const SMALL_BYTES = 256;
const MOST_SMALL = 64;

/** One connection, from the moment when the kernel hands it over. */
export class Connection {
  readonly socket: Socket;
  /** Its addresses and ports: a TLS socket does not say which TCP socket it is made of. */
  readonly key: string;
  readonly peer: string;
  /** When its present state began, on the clock of `performance.now`. */
  since = performance.now();
  /** Whether it has shown a certificate that identifies a caller. */
  known = false;
  /** False while TLS is being agreed on. */
  secured: boolean;
  /** True once a request has come through it. */
  used = false;
  /** True once it has ended, or is about to. */
  gone = false;
  /** How many looks in a row have found its answer unread. */
  unreadLooks = 0;
  /** The request that it makes now, and the response to that. */
  #request: IncomingMessage | undefined;
  #response: ServerResponse | undefined;
  #hasNext = false;
  #isLast = false;
  #smallPieces = 0;
  /** How many bytes had come when it was last answered. */
  #cameBefore = 0;

  constructor(socket: Socket, secured: boolean) {
    this.socket = socket;
    this.key = keyOf(socket);
    this.peer = socket.remoteAddress ?? '';
    this.secured = secured;
  }

  /**
   * Takes requests one at a time: an answer that is not out yet is memory of ours, and whoever sends requests without
   * reading what they are answered has as much of it as he likes. Nobody who matters asks before he was answered: Go's
   * client, and so API servers, kubelets and Prometheus, has one request on a connection (net/http `persistConn`), and
   * so has Node's.
   *
   * @param answer called once it is this one's turn
   * @returns false where it came too early
   */
  asked(request: IncomingMessage, response: ServerResponse, answer: RequestListener): boolean {
    if (!this.#response) {
      this.#begin(request, response, answer);
      return true;
    }
    // The answer is written, and its reader may have had it before its end is noticed here.
    if (!this.#response.writableEnded || this.#hasNext) return false;
    this.#hasNext = true;
    this.#response.once('close', () => {
      this.#hasNext = false;
      if (!this.gone) this.#begin(request, response, answer);
    });
    return true;
  }

  /**
   * A record of one byte takes some thirty on the wire, and as long as one of 16 KiB: of what a single connection has sent
   * when the event loop comes to it, that is a second. Clients write a request in a few pieces, each but the last as large
   * as a packet or more (Go's crypto/tls `maxPayloadSizeForWrite`).
   *
   * @param bytes of a piece that came, as it was decrypted
   * @returns false where there are too many small ones
   */
  brought(bytes: number): boolean {
    if (bytes < SMALL_BYTES) this.#smallPieces++;
    return this.#smallPieces <= MOST_SMALL;
  }

  /**
   * Ends the connection once its present request is answered.
   * @returns false where nothing is asked now
   */
  endsOnceAnswered(): boolean {
    this.#isLast = true;
    return this.#request !== undefined;
  }

  #begin(request: IncomingMessage, response: ServerResponse, answer: RequestListener): void {
    this.#request = request;
    this.#response = response;
    this.#smallPieces = 0;
    this.unreadLooks = 0;
    this.since = performance.now();
    response.on('close', () => {
      this.#request = undefined;
      this.#response = undefined;
      this.since = performance.now();
      this.#cameBefore = this.socket.bytesRead;
      // Node would read what is left of a body to its end, though nobody wants it.
      if (this.#isLast || !request.complete) this.socket.destroy();
    });
    answer(request, response);
  }

  /** 0 where no work is done for it: it is idle, or does not read. 1 while it sends a request, 2 while that is being answered. */
  get state(): number {
    if (!this.#request || this.isUnread) return 0;
    return this.#request.complete ? 2 : 1;
  }

  /** Whether there is an answer that has not been read yet. */
  get isUnread(): boolean {
    return this.#response?.writableEnded === true;
  }

  /** How many bytes have come while nothing was asked: at most the head of a request that is not whole yet, or TLS. */
  get unasked(): number {
    return this.#request ? 0 : this.socket.bytesRead - this.#cameBefore;
  }

  /** How many bytes of its answer the kernel has not taken yet. */
  get unread(): number {
    return this.#request?.socket.writableLength ?? 0;
  }
}

export const keyOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
