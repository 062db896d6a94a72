import type { Socket } from 'node:net';

/** The number of connections that are read from in one turn. */
export const AT_ONCE = 4;
/** The milliseconds until it is the turn of others, where nothing came of those whose turn it was. */
const TURN_MS = 1;
/**
 * A turn that took longer is one of certificates that nobody needs: for as long, reviews have the thread for themselves, and
 * then it is the turn of one alone.
 */
const LONG_MS = 20;

/** What of a socket's handle has it read from or not. It is not documented, so it may not be there: then none has to wait. */
interface Handle {
  readonly readStart?: () => unknown;
  readonly readStop?: () => unknown;
}

/** A connection on which TLS is not agreed yet. */
export interface Begun {
  readonly socket: Socket;
  /** The address that it comes from. */
  readonly peer: string;
}

/**
 * Has few handshakes go on at a time, where callers are asked for a certificate: anybody may show one. OpenSSL works on a
 * handshake as soon as something of it comes, on the thread that answers reviews. To verify a signature by an RSA key of 16,384
 * bits, which nobody had to make, takes it 7 ms, and of a chain it verifies each, though nobody vouches for the last (Go's
 * crypto/tls refuses keys of more than 8192 bits, CVE-2023-29409). 300 connections with one that came together held up all
 * else for seconds.
 *
 * The others wait unread in the kernel. Addresses have their turns one after the other, and so has each of an address.
 */
export class Handshakes {
  /** The first has waited longest. */
  #waiting: Begun[] = [];
  /** The turn in which each address was last read from, or came: who comes anew is not before who waits. */
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

  /** It is agreed, or over. */
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

  /** Has some read from until the loop comes round. */
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

  /** One of each address, that which has waited longest first; then another of each. */
  #choose(): readonly Begun[] {
    const servedAt = (peer: string): number => this.#served.get(peer) ?? this.#turn;
    const byPeer = [...Map.groupBy(this.#waiting, ({ peer }) => peer)].sort(
      ([a], [b]) => servedAt(a) - servedAt(b),
    );
    // Those that have gone are forgotten.
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
