import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AT_ONCE, type Begun, Handshakes } from '../../src/admission/handshakes.ts';
import { CERT, PODS, reviewOf, startTestServer } from './support.ts';

interface Fake extends Begun {
  isRead: boolean;
  /** Turns in which it was read from. */
  turns: number;
}

describe('of connections on which TLS is not agreed yet', () => {
  let handshakes: Handshakes;
  let all: Fake[];
  let now: number;
  let immediates: (() => void)[];
  beforeEach(() => {
    now = 0;
    immediates = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    vi.spyOn(globalThis, 'setImmediate').mockImplementation(((then: () => void) =>
      immediates.push(then)) as never);
    handshakes = new Handshakes();
    all = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  const begin = (peer: string): Fake => {
    const one = { peer, isRead: true, turns: 0 } as Fake;
    const handle = {
      readStart: () => {
        one.isRead = true;
      },
      readStop: () => {
        one.isRead = false;
      },
    };
    Object.assign(one, { socket: { _handle: handle } });
    all.push(one);
    handshakes.begin(one);
    return one;
  };
  /** Callbacks that wait for the next turn of the event loop run. */
  const goRound = (): void => {
    for (const then of immediates.splice(0)) then();
  };
  /** Those that are read from in a turn, which takes so long. */
  const turn = (took = 1): readonly Fake[] => {
    if (immediates.length > 0) goRound();
    else vi.advanceTimersToNextTimer();
    const read = all.filter(({ isRead }) => isRead);
    for (const one of read) one.turns++;
    now += took;
    goRound();
    return read;
  };

  it('few are read from at once, and each in its turn', () => {
    for (let i = 0; i < 100; i++) begin('a');
    for (let i = 0; i < 25; i++) expect(turn()).toHaveLength(AT_ONCE);
    expect(new Set(all.map(({ turns }) => turns))).toEqual(new Set([1]));
  });

  it('none is read from for as long as a turn took that took long, and then one alone', () => {
    for (let i = 0; i < 20; i++) begin('a');
    expect(turn(100)).toHaveLength(AT_ONCE);
    expect(all.some(({ isRead }) => isRead)).toBe(false);
    vi.advanceTimersByTime(99);
    expect(all.some(({ isRead }) => isRead)).toBe(false);
    expect(turn(2)).toHaveLength(1);
    expect(turn()).toHaveLength(AT_ONCE);
  });

  it('the next have their turn at once where something came', () => {
    for (let i = 0; i < 20; i++) begin('a');
    turn();
    expect(vi.getTimerCount()).toBe(1);
    for (const { socket } of all) Object.defineProperty(socket, 'bytesRead', { get: () => now });
    turn();
    expect([vi.getTimerCount(), immediates.length]).toEqual([0, 1]);
    expect(turn()).toHaveLength(AT_ONCE);
  });

  it('one of another address does not wait for all of one that has many, nor of many that have some', () => {
    for (let i = 0; i < 300; i++) begin(`peer-${i % 10}`);
    for (let i = 0; i < 7; i++) turn();
    const other = begin('other');
    // Eleven addresses have four places a turn.
    for (let i = 0; i < 3; i++) turn();
    expect(other.turns).toBe(1);
    for (let i = 0; i < 12; i++) turn();
    expect(other.turns).toBeGreaterThanOrEqual(5);
  });

  it('who comes again and again from ever other addresses is not before who waits', () => {
    const other = begin('other');
    for (let i = 0; i < 20; i++) begin(`old-${i}`);
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < AT_ONCE; j++) begin(`new-${i}-${j}`);
      for (const one of turn()) if (one !== other) handshakes.end(one);
    }
    expect(other.turns).toBeGreaterThan(10);
  });

  it('one that is agreed is read from ever after, and nothing goes on once all are', () => {
    for (let i = 0; i < 20; i++) begin('a');
    const one = all[19] as Fake;
    handshakes.end(one);
    for (let i = 0; i < 20; i++) {
      expect(turn()).toHaveLength(AT_ONCE + 1);
      expect(one.isRead).toBe(true);
    }
    for (const other of all) handshakes.end(other);
    turn();
    expect(vi.getTimerCount()).toBe(0);
    begin('b');
    expect(vi.getTimerCount()).toBe(1);
  });

  it('one whose handle is gone, or cannot be stopped, holds up none', () => {
    for (const socket of [{}, { _handle: null }, { _handle: {} }])
      handshakes.begin({ peer: 'b', socket: socket as unknown as Socket });
    const one = begin('a');
    turn();
    expect(one.turns).toBe(1);
  });
});

it('connections that begin are not all read from, and a caller is answered among them', async () => {
  const server = await startTestServer({ tls: { ...CERT, ca: CERT.cert, strangers: true } });
  const open = async (): Promise<Socket> => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const first = await open();
  // What all handles of TCP connections have their methods of.
  let prototype: object = (first as unknown as { readonly _handle: object })._handle;
  while (!Object.hasOwn(prototype, 'readStop')) prototype = Object.getPrototypeOf(prototype);
  const stopped = vi.spyOn(prototype as { readStop(): unknown }, 'readStop');
  const others = await Promise.all(Array.from({ length: 50 }, open));
  try {
    expect((await server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit)))).code).toBe(200);
    expect(stopped.mock.calls.length).toBeGreaterThanOrEqual(others.length);
  } finally {
    stopped.mockRestore();
    for (const socket of [first, ...others]) socket.destroy();
    await server.stop(0, 1000);
  }
});
