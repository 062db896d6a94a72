import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { callerOf } from './caller.ts';
import { leastOf, type Rank } from './rank.ts';

interface Open {
  readonly socket: Socket;
  readonly peer: string;
  /** When it began to do what it does now, on the clock of `performance.now`. */
  since: number;
  known: boolean;
  /** True once a request has come through it. */
  used: boolean;
  /** What it asks now. */
  request: IncomingMessage | undefined;
}

export interface ConnectionLimits {
  /** Open at once. */
  readonly connections: number;
}

const tracked = new WeakMap<Server | TlsServer, Connections>();

/**
 * Bounds how many connections are open, and keeps track of those without a request, which Node does not count as idle.
 * @param server of TLS or not
 * @param knowing whether callers are asked for a certificate
 */
export function trackConnections(
  server: Server | TlsServer,
  limits: ConnectionLimits,
  knowing = false,
): void {
  const connections = new Connections(limits.connections);
  tracked.set(server, connections);
  server.on('connection', (socket: Socket) => connections.opened(socket));
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.secured(socket, callerOf(socket, knowing).standing === 'known');
  });
  server.on('request', (request, response) => connections.asked(request, response));
}

/** Closes what no request has come through for so long, in milliseconds. */
export function closeUnused(server: Server | TlsServer, patience: number): void {
  tracked.get(server)?.closeUnused(patience);
}

/**
 * A new connection is never turned away for those that do nothing: where there are too many, one goes that has asked
 * nothing yet, or is still sending what it asks; then an idle one, which an API server opens again when it needs it; then
 * one that waits for its answer. Strangers go before known callers, and of connections alike one from the address that
 * has most, the oldest first: the new one last.
 */
class Connections {
  readonly #most: number;
  /** By addresses and ports: a TLS socket does not say which TCP socket it is made of. */
  readonly #open = new Map<string, Open>();
  /** By the socket that requests name, which is the TLS socket where there is one. */
  readonly #bySocket = new WeakMap<Socket, Open>();
  readonly #byPeer = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  opened(socket: Socket): void {
    const key = keyOf(socket);
    const peer = socket.remoteAddress ?? '';
    const one: Open = {
      socket,
      peer,
      since: performance.now(),
      known: false,
      used: false,
      request: undefined,
    };
    this.#open.set(key, one);
    this.#bySocket.set(socket, one);
    this.#count(peer, 1);
    socket.once('close', () => this.#forget(key, one));
    if (this.#open.size > this.#most) this.#closeOne();
  }

  secured(socket: TLSSocket, known: boolean): void {
    const one = this.#open.get(keyOf(socket));
    if (!one) return;
    one.known = known;
    this.#bySocket.set(socket, one);
  }

  asked(request: IncomingMessage, response: ServerResponse): void {
    const one = this.#bySocket.get(request.socket);
    if (!one) return;
    one.used = true;
    one.request = request;
    one.since = performance.now();
    response.once('close', () => {
      one.request = undefined;
      one.since = performance.now();
    });
  }

  closeUnused(patience: number): void {
    for (const { socket, used, since } of this.#open.values()) {
      if (!used && performance.now() - since > patience) socket.destroy();
    }
  }

  #closeOne(): void {
    const first = leastOf(this.#open, ([, one]) => this.#rank(one));
    if (!first) return;
    const [key, one] = first;
    // Now, not once it is closed: as many may come before that.
    this.#forget(key, one);
    one.socket.destroy();
  }

  #rank({ known, used, request, peer, since }: Open): Rank {
    const state = request ? (request.complete ? 2 : 0) : Number(used);
    return [Number(known), state, -(this.#byPeer.get(peer) ?? 0), since];
  }

  #forget(key: string, one: Open): void {
    if (this.#open.get(key) !== one) return;
    this.#open.delete(key);
    this.#count(one.peer, -1);
  }

  #count(peer: string, change: number): void {
    const count = (this.#byPeer.get(peer) ?? 0) + change;
    if (count === 0) this.#byPeer.delete(peer);
    else this.#byPeer.set(peer, count);
  }
}

const keyOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
