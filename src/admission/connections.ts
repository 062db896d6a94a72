import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { callerOf } from './caller.ts';
import { Connection, keyOf } from './connection.ts';
import { Handshakes } from './handshakes.ts';
import { onPieces } from './pieces.ts';
import { leastOf, type Rank } from './rank.ts';

export interface ConnectionLimits {
  /** How many may be open at once. */
  readonly connections: number;
  /** The part of these for connections that have not asked anything yet. */
  readonly unaskedPart: number;
  /**
   * The share of one address: as many as a full load of it takes. Connections within the share do not count against the
   * address.
   */
  readonly peerConnections: number;
  /** The most bytes that may come in before TLS is agreed on. */
  readonly handshakeBytes: number;
  /** The most bytes of all answers together that have not been read yet. */
  readonly unreadBytes: number;
}

/**
 * The options that a server has to be made with. Node would answer a request without a Host by itself, where nothing here
 * counts it; such a request does no harm.
 */
export const TRACKABLE = { requireHostHeader: false } as const;

/** How often connections are looked at, in milliseconds, and how many looks may find an answer unread. */
const LOOK_MS = 100;
const UNREAD_LOOKS = 50;
/**
 * What may come while nothing is asked: more than a handshake and the longest head take. HTTP lets blank lines stand before a
 * request (RFC 9112 section 2.2), and Node reads on, without an end, after a request that asks for another protocol.
 */
const UNASKED_BYTES = 64 * 1024;

const tracked = new WeakMap<Server | TlsServer, Connections>();

/**
 * Answers what comes through a server's connections, and bounds what they take.
 * @param server of TLS or not, made with `TRACKABLE` and without a listener of its own
 * @param answer is called for requests, of each connection one at a time
 * @param knowing whether callers are asked for a certificate; undefined without TLS
 */
export function trackConnections(
  server: Server | TlsServer,
  limits: ConnectionLimits,
  answer: RequestListener,
  knowing?: boolean,
): void {
  const connections = new Connections(limits, answer, knowing ? new Handshakes() : undefined);
  tracked.set(server, connections);
  server.on('connection', (socket: Socket) => connections.opened(socket, knowing === undefined));
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.secured(socket, callerOf(socket, knowing ?? false).standing === 'known');
  });
  const asked: RequestListener = (request, response) => connections.asked(request, response);
  server.on('request', asked);
  // Node would also answer by itself a request that expects something else than `100-continue`.
  server.on('checkExpectation', asked);
  const timer = setInterval(() => connections.look(), LOOK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Closes connections through which no request has come for this long, in milliseconds. */
export function closeUnused(server: Server | TlsServer, patience: number): void {
  tracked.get(server)?.closeUnused(patience);
}

/** Ends the connections that are open now: at once, or once their request is answered. */
export function endOpen(server: Server | TlsServer): void {
  tracked.get(server)?.endOpen();
}

/**
 * A new connection is never turned away for those that do nothing. Those that have not asked anything yet, which cost
 * whoever opens them nothing, have a part of all for themselves, and no more: where they are too many, one of them goes. Else
 * one goes that is idle, which an API server opens again when it needs it, or does not read its answer; then one that is
 * still sending what it asks; then one that waits for its answer. Strangers go before known callers, and of connections
 * alike one from the address that has most beyond a full load, the oldest first: the new one last.
 */
class Connections {
  readonly #limits: ConnectionLimits;
  readonly #answer: RequestListener;
  readonly #mostUnasked: number;
  readonly #open = new Map<string, Connection>();
  /** The connections by the socket that requests name, which is the TLS socket where there is one. */
  readonly #bySocket = new WeakMap<Socket, Connection>();
  readonly #byPeer = new Map<string, number>();
  /** Those of callers that are asked for a certificate. */
  readonly #handshakes: Handshakes | undefined;
  #unasked = 0;

  constructor(limits: ConnectionLimits, answer: RequestListener, handshakes: Handshakes | undefined) {
    this.#limits = limits;
    this.#handshakes = handshakes;
    this.#answer = answer;
    this.#mostUnasked = Math.ceil(limits.connections * limits.unaskedPart);
  }

  opened(socket: Socket, secured: boolean): void {
    const one = new Connection(socket, secured);
    this.#open.set(one.key, one);
    this.#bySocket.set(socket, one);
    this.#count(one.peer, 1);
    this.#unasked++;
    if (!secured) this.#handshakes?.begin(one);
    socket.once('close', () => this.#forget(one));
    if (this.#unasked > this.#mostUnasked) this.#endOneOf(({ used }) => !used);
    else if (this.#open.size > this.#limits.connections) this.#endOneOf(({ used }) => used);
  }

  secured(socket: TLSSocket, known: boolean): void {
    // An API server agrees on TLS once. Whoever renegotiates takes as much memory as the first time, and nothing here would see
    // it.
    socket.disableRenegotiation();
    const one = this.#open.get(keyOf(socket));
    if (!one) return;
    one.secured = true;
    one.known = known;
    this.#handshakes?.end(one);
    this.#bySocket.set(socket, one);
    onPieces(socket, bytes => {
      if (!one.brought(bytes)) this.#end(one);
    });
  }

  asked(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const one = this.#bySocket.get(socket);
    if (!one || one.gone) {
      socket.destroy();
      return;
    }
    if (!one.used) this.#unasked--;
    one.used = true;
    if (!one.asked(request, response, this.#answer)) this.#end(one);
  }

  /** Ends what takes more than it may. Time is counted in looks, so that no connection is ended for a delay of ours. */
  look(): void {
    const unread: Connection[] = [];
    for (const one of this.#open.values()) {
      if (one.isUnread) unread.push(one);
      else if (!one.secured && one.socket.bytesRead > this.#limits.handshakeBytes) this.#end(one);
      else if (one.unasked > UNASKED_BYTES) this.#end(one);
    }
    unread.sort(strangersAndOldestFirst);
    let bytes = unread.reduce((sum, one) => sum + one.unread, 0);
    for (const one of unread) {
      // The last one may be alone, with an answer that is this large and on its way.
      const isTooMuch = bytes > this.#limits.unreadBytes && one !== unread.at(-1);
      if (one.unreadLooks++ < UNREAD_LOOKS && !isTooMuch) continue;
      bytes -= one.unread;
      this.#end(one);
    }
  }

  closeUnused(patience: number): void {
    for (const { socket, used, since } of this.#open.values()) {
      if (!used && performance.now() - since > patience) socket.destroy();
    }
  }

  endOpen(): void {
    for (const one of this.#open.values()) if (!one.endsOnceAnswered()) this.#end(one);
  }

  #endOneOf(isOfThem: (one: Connection) => boolean): void {
    const those = [...this.#open.values()].filter(isOfThem);
    const first = leastOf(those, one => this.#rank(one));
    if (first) this.#end(first);
  }

  #rank({ known, state, peer, since }: Connection): Rank {
    const beyond = Math.max(0, (this.#byPeer.get(peer) ?? 0) - this.#limits.peerConnections);
    return [Number(known), state, -beyond, since];
  }

  #end(one: Connection): void {
    // It is forgotten now, not once it is closed: as many may come before that.
    this.#forget(one);
    one.socket.destroy();
  }

  #forget(one: Connection): void {
    if (one.gone) return;
    one.gone = true;
    this.#open.delete(one.key);
    if (!one.secured) this.#handshakes?.end(one);
    if (!one.used) this.#unasked--;
    this.#count(one.peer, -1);
  }

  #count(peer: string, change: number): void {
    const count = (this.#byPeer.get(peer) ?? 0) + change;
    if (count === 0) this.#byPeer.delete(peer);
    else this.#byPeer.set(peer, count);
  }
}

const strangersAndOldestFirst = (a: Connection, b: Connection): number =>
  Number(a.known) - Number(b.known) || a.since - b.since;
