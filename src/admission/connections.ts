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
  /** The part of these that those have which have not asked anything yet. */
  readonly unaskedPart: number;
  /** The share of one address: as many as a full load of it takes, and these do not count against it. */
  readonly peerConnections: number;
  /** What may come in before TLS is agreed on. */
  readonly handshakeBytes: number;
  /** The bytes of all answers together that were not taken yet. */
  readonly unreadBytes: number;
}

/**
 * What a server has to be made with: Node answers a request without a Host by itself, past whoever counts them, and it
 * does no harm.
 */
export const TRACKABLE = { requireHostHeader: false } as const;

/** How often connections are looked at, in milliseconds, and at how many looks an answer may be unread. */
const LOOK_MS = 100;
const UNREAD_LOOKS = 50;

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
  // A request that expects something else than to go on, which Node would answer by itself, too.
  server.on('checkExpectation', asked);
  const timer = setInterval(() => connections.look(), LOOK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Closes what no request has come through for so long, in milliseconds. */
export function closeUnused(server: Server | TlsServer, patience: number): void {
  tracked.get(server)?.closeUnused(patience);
}

/** Ends what is open by now: at once, or once it is answered. */
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
    // An API server agrees on TLS once. Whoever does again takes as much memory as for the first time, unseen.
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

  /** Ends what takes more than it may. Time is counted in looks, so that nobody is ended for a lag of ours. */
  look(): void {
    const unread: Connection[] = [];
    for (const one of this.#open.values()) {
      if (one.isUnread) unread.push(one);
      else if (!one.secured && one.socket.bytesRead > this.#limits.handshakeBytes) this.#end(one);
    }
    unread.sort(strangersAndOldestFirst);
    let bytes = unread.reduce((sum, one) => sum + one.unread, 0);
    for (const one of unread) {
      // The last may be alone, with an answer that is as large and on its way.
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
    // Now, not once it is closed: as many may come before that.
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
