import type { Caller } from './caller.ts';
import { leastOf } from './rank.ts';

/** Why the rest of a body is not read. */
export type Cut = 'busy' | 'stalled';

export interface IntakeLimits {
  /** The bytes of all bodies together, while they are read and until they are answered. */
  readonly heldBytes: number;
  /** A body of up to this size is of ordinary size, and no larger one can take its room. */
  readonly ordinaryBytes: number;
  /**
   * The share of one address: as many bytes as a full load of it takes. Bytes within the share do not count against the
   * address.
   */
  readonly peerBytes: number;
}

/** How often slow bodies are looked for, in milliseconds. */
export const TICK_MS = 100;
/** How many ticks a body may be slow for. */
const MOST_SLOW_TICKS = 8;
/** A body that brings this much in a tick is not slow, where all that came could be read: 5 MB/s. */
const BYTES_A_TICK = 512 * 1024;

/**
 * The room that bodies have, together. Whoever takes it for long loses it first: where it is full, what makes room is a
 * body that is not judged yet, a stranger's before that of a known caller, a large one before one of ordinary size, one
 * from the address that holds most beyond what a full load of an API server takes, and of these the oldest. The API server's
 * are judged within milliseconds, so that whoever wants to keep them out has to fill all of the room within that time, again
 * and again; from the same address, as calls come through a proxy or a node that translates addresses, and from many, of
 * which each holds less than the API server does.
 *
 * And no body may be slow. Time is counted in ticks of the event loop, never by a clock: what came in while the loop was
 * held up is read before it is the next tick's turn. And where the loop has so much to do that it reads but little of
 * each, whoever sends anything is not slow. So nobody is cut off for a lag of ours.
 */
export class Intake {
  readonly #limits: IntakeLimits;
  /**
   * Slots are taken again, instead of a Set: V8 makes a new table each time it grows or tidies one, and an old table
   * points to the next. One that has reached the old generation keeps all tables after it from being collected there,
   * with the requests in them, which are then copied and collected at ten times the cost.
   */
  readonly #places: (Place | undefined)[] = [];
  readonly #free: number[] = [];
  #opened = 0;
  #held = 0;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** @param cut is called at most once for each reason; `busy` asks to let go of what is held, `stalled` to end */
  open(caller: Caller, cut: (why: Cut) => void): Place {
    const slot = this.#free.pop() ?? this.#places.length;
    const place = new Place({ caller, order: this.#opened++, slot }, cut, (one, change) =>
      this.#changed(one, change),
    );
    this.#places[slot] = place;
    return place;
  }

  /**
   * Called every TICK_MS.
   * @param idle whether the event loop had time to read all that came since the last one
   */
  tick(idle: boolean): void {
    for (const place of this.#places) place?.tick(idle ? BYTES_A_TICK : 1);
  }

  #changed(place: Place, change: number): void {
    this.#held += change;
    if (place.left) this.#vacate(place);
    while (this.#held > this.#limits.heldBytes) {
      const victim = this.#firstToGo();
      if (!victim) return;
      victim.cut('busy');
    }
  }

  #vacate(place: Place): void {
    if (this.#places[place.slot] !== place) return;
    this.#places[place.slot] = undefined;
    this.#free.push(place.slot);
  }

  #firstToGo(): Place | undefined {
    const reading = this.#places.filter(place => place !== undefined).filter(({ held }) => held > 0);
    const byPeer = new Map<string, number>();
    for (const { caller, held } of reading) {
      byPeer.set(caller.peer, (byPeer.get(caller.peer) ?? 0) + held);
    }
    return leastOf(reading, ({ caller, held, order }) => [
      Number(caller.standing === 'known'),
      Number(held <= this.#limits.ordinaryBytes),
      -Math.max(0, (byPeer.get(caller.peer) ?? 0) - this.#limits.peerBytes),
      order,
    ]);
  }
}

/** What one body holds of the room. */
export class Place {
  readonly caller: Caller;
  /** Its number in the order in which bodies came. */
  readonly order: number;
  /** The slot in which the intake keeps it. */
  readonly slot: number;
  held = 0;
  /** True once all of it was read: it can no longer be slow, but may still have to make room while it waits. */
  whole = false;
  left = false;
  readonly #cut: (why: Cut) => void;
  readonly #changed: (place: Place, change: number) => void;
  #received = 0;
  #slowTicks = 0;

  constructor(
    { caller, order, slot }: { readonly caller: Caller; readonly order: number; readonly slot: number },
    cut: (why: Cut) => void,
    changed: (place: Place, change: number) => void,
  ) {
    this.caller = caller;
    this.order = order;
    this.slot = slot;
    this.#cut = cut;
    this.#changed = changed;
  }

  /**
   * Records what came in, and how much is held now.
   * @param received bytes that are new
   */
  hold(received: number, held: number): void {
    this.#received += received;
    this.#set(held);
  }

  leave(): void {
    this.left = true;
    this.#set(0);
  }

  /** @param expected bytes that it has to have received since the last one */
  tick(expected: number): void {
    if (this.whole) return;
    if (this.#received < expected) this.#slowTicks++;
    this.#received = 0;
    if (this.#slowTicks > MOST_SLOW_TICKS) this.cut('stalled');
  }

  cut(why: Cut): void {
    this.#set(0);
    this.#cut(why);
  }

  #set(held: number): void {
    const change = held - this.held;
    this.held = held;
    this.#changed(this, change);
  }
}
