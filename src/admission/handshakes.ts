import type { Socket } from 'node:net';

/** The number of connections that are read from in one turn. */
export const AT_ONCE = 4;
/** How long a turn waits for bytes before it passes to others, in milliseconds. */
const TURN_MS = 1;
/**
 * A turn that took longer was one of certificates that nobody needs. Reviews then have the thread for themselves for as long
 * again, and after that only one connection has its turn.
 */
const LONG_MS = 20;

/**
 * The methods of a socket's handle that start and stop reading. They are not documented; where they are missing, no connection
 * waits.
 */
interface Handle {
  readonly readStart?: () => unknown;
  readonly readStop?: () => unknown;
}

/** A connection on which TLS has not been agreed yet. */
export interface Begun {
  readonly socket: Socket;
  /** The address that it comes from. */
  readonly peer: string;
}

/**
 * Lets only a few handshakes go on at a time where callers are asked for a certificate, as anybody may show one. OpenSSL works
 * on a handshake as soon as bytes of it come, on the thread that answers reviews. Verifying a signature by an RSA key of 16,384
 * bits takes it 7 ms, and it verifies each one of a chain even if nobody vouches for the last (Go's crypto/tls refuses keys of
 * more than 8192 bits, CVE-2023-29409). 300 connections that came together with one such certificate each held up everything
 * else for seconds. The other connections wait unread in the kernel. Addresses take turns, and so do the connections of an
 * address.
 */
export class Handshakes {
  /** Those that wait, the longest wait first. */
  #waiting: Begun[] = [];
  /** The turn in which each address was last read from, or first came: a new address does not go before one that waits. */
  #served = new Map<string, number>();
  #turn = 0;
  #isGoing = false;
  #wasLong = false;

  begin(one: Begun): void {
    handleOf(one)?.readStop?.();
    this.#waiting.push(one);
    if (!this.#served.has(one.peer)) this.#served.set(one.peer, this.#turn);
    if (!this.#isGoing) this.#goOn(TURN_MS);
  }

  /** The handshake is done, or has failed. */
  end(one: Begun): void {
    this.#waiting = this.#waiting.filter(other => other !== one);
    handleOf(one)?.readStart?.();
  }

  #goOn(afterMs: number): void {
    this.#isGoing = this.#waiting.length > 0;
    if (!this.#isGoing) return;
    if (afterMs === 0) setImmediate(() => this.#read());
    else setTimeout(() => this.#read(), afterMs).unref();
  }

  /** Reads from some of them until the event loop comes round again. */
  #read(): void {
    this.#turn++;
    const began = performance.now();
    const chosen = this.#choose();
    const bytes = bytesOf(chosen);
    for (const one of chosen) handleOf(one)?.readStart?.();
    setImmediate(() => {
      const left = new Set(chosen.filter(one => this.#waiting.includes(one)));
      for (const one of left) handleOf(one)?.readStop?.();
      this.#waiting = [...this.#waiting.filter(one => !left.has(one)), ...left];
      const took = performance.now() - began;
      this.#wasLong = took > LONG_MS;
      const hasCome = left.size < chosen.length || bytesOf(chosen) > bytes;
      this.#goOn(this.#wasLong ? took : hasCome ? 0 : TURN_MS);
    });
  }

  /** Chooses one of each address, the one that has waited longest first; then another one of each. */
  #choose(): readonly Begun[] {
    const servedAt = (peer: string): number => this.#served.get(peer) ?? this.#turn;
    const byPeer = [...Map.groupBy(this.#waiting, ({ peer }) => peer)].sort(
      ([a], [b]) => servedAt(a) - servedAt(b),
    );
    // Addresses that have gone are forgotten.
    this.#served = new Map(byPeer.map(([peer]) => [peer, servedAt(peer)]));
    const chosen: Begun[] = [];
    const most = Math.min(this.#wasLong ? 1 : AT_ONCE, this.#waiting.length);
    for (let i = 0; chosen.length < most; i++) {
      const next = byPeer.flatMap(([, ofPeer]) => ofPeer[i] ?? []);
      chosen.push(...next.slice(0, most - chosen.length));
    }
    for (const { peer } of chosen) this.#served.set(peer, this.#turn);
    return chosen;
  }
}

const bytesOf = (some: readonly Begun[]): number =>
  some.reduce((sum, { socket }) => sum + (socket.bytesRead ?? 0), 0);

const handleOf = ({ socket }: Begun): Handle | undefined =>
  (socket as unknown as { readonly _handle?: Handle | null })._handle ?? undefined;
