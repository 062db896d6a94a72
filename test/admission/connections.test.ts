import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Gauge } from 'prom-client';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LEAST_MEAN_BYTES, SOME_PIECES } from '../../src/admission/body.ts';
import { LIMITS } from '../../src/admission/handler.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import { halfHello } from '../support/half-hello.ts';
import { CERT, PODS, reviewOf, startTestServer, type TestServer, until } from './support.ts';

const HOST = '127.0.0.1';
const BODY = JSON.stringify(reviewOf(PODS.admit));
/** A few, for what goes by how many there are. */
const FEW = 10;

let server: TestServer;
const sockets: Socket[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.stop(0, 1000);
});

interface Watched<T extends Socket> {
  readonly socket: T;
  readonly isClosed: () => boolean;
  /** Everything that has arrived. */
  readonly told: () => string;
}

function watched<T extends Socket>(socket: T): Watched<T> {
  let closed = false;
  let told = '';
  sockets.push(socket);
  socket
    .on('error', () => undefined)
    .on('close', () => {
      closed = true;
    });
  socket.on('data', data => {
    told += data;
  });
  return { socket, isClosed: () => closed, told: () => told };
}

/** Connects from another address of this machine, where one is named. */
const tcp = (port: number, localAddress = HOST): Watched<Socket> =>
  watched(connectTcp({ port, host: HOST, localAddress }));
const tls = (port: number, localAddress = HOST): Watched<TLSSocket> =>
  watched(connect({ port, host: HOST, localAddress, ca: CERT.cert } as ConnectionOptions));
const opened = async <T extends Socket>(one: Watched<T>, event = 'connect'): Promise<Watched<T>> => {
  await once(one.socket, event);
  return one;
};
/** A connection through which a request has already come. */
async function asked(port: number, localAddress = HOST): Promise<Watched<TLSSocket>> {
  const one = tls(port, localAddress);
  one.socket.write('GET /asks HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => one.told().includes('NotFound'), 20_000);
  return one;
}

const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;

describe('requests that are sent before the last one was answered', () => {
  const MANY = 100;

  it.each([
    ['', 'Host: x\r\n'],
    [' without a Host', ''],
    [' with an expectation', 'Host: x\r\nExpect: something\r\n'],
  ])('end the connection%s, on either port', async (_what, fields) => {
    server = await startTestServer();
    for (const one of [tcp(server.metricsPort), tls(server.port)]) {
      one.socket.write(`GET /metrics HTTP/1.1\r\n${fields}\r\n`.repeat(MANY));
      await until(one.isClosed);
      expect(answersIn(one.told())).toBeLessThanOrEqual(2);
    }
  });

  it('are not those of who asks as soon as he was answered', async () => {
    server = await startTestServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: CERT.cert });
    try {
      // The last one is answered in another part of the event loop's turn.
      for (const path of ['/mutate/enforce', '/nowhere']) {
        for (let i = 0; i < 200; i++)
          expect((await server.post(path, BODY, { agent })).code).toBeLessThan(500);
      }
      const large = JSON.stringify(reviewOf({ ...PODS.admit, x: 'x'.repeat(LIMITS.ordinaryBytes) }));
      for (let i = 0; i < 50; i++) {
        expect((await server.post('/mutate/enforce', large, { agent })).code).toBe(200);
      }
      expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    } finally {
      agent.destroy();
    }
  });
});

describe('answers that nobody reads', () => {
  const BYTES = 12 * 1024 * 1024;

  /** What is told in metrics is longer than what the kernel takes for a client that does not read. */
  async function startTelling(): Promise<void> {
    const metrics = createMetrics('0.0.0-test');
    new Gauge({ name: 'long', help: 'x'.repeat(BYTES), registers: [metrics.registry] });
    server = await startTestServer({ metrics });
  }
  function unread(): Watched<Socket> {
    const one = tcp(server.metricsPort);
    one.socket.pause();
    one.socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    return one;
  }
  /** Whether all of the answer is there to be read. */
  async function getsAll(one: Watched<Socket>): Promise<boolean> {
    one.socket.resume();
    await until(() => one.isClosed() || one.told().length > BYTES, 10_000);
    return one.told().length > BYTES;
  }

  it('take no more than a few MiB together: the oldest are ended, and not one that is alone', async () => {
    await startTelling();
    const first = unread();
    await sleep(300);
    const second = unread();
    await sleep(1000);
    expect([await getsAll(first), await getsAll(second)]).toEqual([false, true]);
    const reading = await fetch(`http://${HOST}:${server.metricsPort}/metrics`);
    expect((await reading.text()).length).toBeGreaterThan(BYTES);
  });

  it('end the connection after some seconds, however small they are', async () => {
    // Time is counted in looks at connections.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    server = await startTestServer({ limits: { unreadBytes: Number.MAX_SAFE_INTEGER } });
    let answers = 0;
    const registers = [server.settings.metrics.registry];
    new Gauge({ name: 'long', help: 'x'.repeat(BYTES), registers, collect: () => void answers++ });
    const one = unread();
    await until(() => answers === 1);
    for (let passed = 0; passed < 7000; passed += 100) {
      await sleep(5);
      await vi.advanceTimersByTimeAsync(100);
    }
    vi.useRealTimers();
    expect(await getsAll(one)).toBe(false);
  });
});

describe('before TLS is agreed on', () => {
  it('who sends more than any client does is cut off at once', async () => {
    server = await startTestServer({ limits: { handshakeMs: 60_000 } });
    const one = tcp(server.port);
    one.socket.write(halfHello(130_000));
    await until(one.isClosed);
  });

  it('who sends too little is, after two seconds', async () => {
    server = await startTestServer();
    const [silent, stalled] = [tcp(server.port), tcp(server.port)];
    stalled.socket.write(halfHello(1000));
    await until(() => silent.isClosed() && stalled.isClosed(), 5000);
  });

  it('no more wait than a part of all: the oldest go', async () => {
    server = await startTestServer({ limits: { connections: FEW, unaskedPart: 0.3 } });
    const waiting: Watched<Socket>[] = [];
    for (let i = 0; i < 6; i++) waiting.push(await opened(tcp(server.port)));
    await until(() => waiting.filter(({ isClosed }) => isClosed()).length === 3);
    expect(waiting.map(({ isClosed }) => isClosed())).toEqual([true, true, true, false, false, false]);
  });

  it('and once it is, it is not agreed on again', async () => {
    server = await startTestServer();
    const options = { port: server.port, host: HOST, ca: CERT.cert, maxVersion: 'TLSv1.2' } as const;
    const one = await opened(watched(connect(options)), 'secureConnect');
    one.socket.renegotiate({}, () => undefined);
    await until(one.isClosed);
  });
});

describe('what costs more to read than to send', () => {
  const opening = 'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const MANY = 2000;
  /** The test waits until this is sent, so that it is a record of its own. */
  const write = (socket: Socket, text: string) => new Promise(resolve => socket.write(text, resolve));

  it.each([
    ['before a request', '', '\r\n'],
    ['in the head of one', `${opening}X: `, 'x'],
    ['in a body', `${opening}Content-Length: 100000\r\n\r\n`, ' '],
  ])('records of a byte or two, %s, end the connection', async (_where, start, piece) => {
    server = await startTestServer();
    const { socket } = await opened(tls(server.port), 'secureConnect');
    await write(socket, start);
    let written = 0;
    while (written < MANY && !socket.destroyed) {
      await write(socket, piece);
      written++;
    }
    expect(written).toBeLessThan(MANY);
  });

  it('chunks of a byte are not read to their end', async () => {
    server = await startTestServer();
    const one = tls(server.port);
    one.socket.write(`${opening}Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(MANY)}`);
    await until(one.isClosed);
    expect(one.told()).toContain('the body came in too many small pieces');
  });

  it('chunks that are just large enough, and a last of what is left, are a body', async () => {
    server = await startTestServer();
    const one = tls(server.port);
    const body = BODY.padEnd(SOME_PIECES * LEAST_MEAN_BYTES + 1);
    const chunks = (body.match(new RegExp(`.{1,${LEAST_MEAN_BYTES}}`, 'g')) ?? []).map(chunk => {
      return `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    });
    // Two records, as one of TLS would end inside a chunk: that is then a piece more.
    const half = chunks.length / 2;
    await write(one.socket, `${opening}Transfer-Encoding: chunked\r\n\r\n${chunks.slice(0, half).join('')}`);
    await write(one.socket, `${chunks.slice(half).join('')}0\r\n\r\n`);
    await until(() => one.told() !== '');
    expect(one.told()).toContain('"allowed":true');
  });

  it('nor is a body that nobody asked for, on either port', async () => {
    server = await startTestServer();
    for (const one of [tcp(server.metricsPort), tls(server.port)]) {
      one.socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n ');
      await until(one.isClosed);
      expect(one.told()).toContain('HTTP/1.1 404');
    }
  });

  const UPGRADE = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
  it.each([
    ['blank lines without end', '', '\r\n'],
    ['what comes after a request for another protocol', UPGRADE, 'x'],
  ])('%s: the connection ends, on either port', async (_, first, then) => {
    server = await startTestServer();
    const both = [
      await opened(tls(server.port), 'secureConnect'),
      await opened(tcp(server.metricsPort)),
    ] as const;
    for (const { socket } of both) socket.write(first);
    // The server answers the first text before more comes.
    if (first) await until(() => both.every(({ told }) => told() !== ''));
    for (let i = 0; i < 6; i++) {
      for (const { socket } of both) socket.write(then.repeat(16_384));
      await sleep(10);
    }
    await until(() => both.every(({ isClosed }) => isClosed()));
  });

  it('a head that is as long as it may be, and comes in two parts, is none of that', async () => {
    server = await startTestServer();
    const { socket, told, isClosed } = await opened(tls(server.port), 'secureConnect');
    const head = `GET / HTTP/1.1\r\nHost: x\r\nLong: ${'x'.repeat(15_000)}`;
    for (let i = 1; i <= 6; i++) {
      socket.write(head);
      await sleep(150);
      socket.write('\r\n\r\n');
      await until(() => told().split('HTTP/1.1 404').length === i + 1);
    }
    expect(isClosed()).toBe(false);
  });

  it.each([
    ['X25519', 'taken'],
    ['P-256', 'taken'],
    ['P-384', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
    ['P-521', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
  ])(
    'keys are agreed on by curves that cost little: a client that knows %s alone is %s',
    async (curve, becomes) => {
      const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
        keyType: 'rsa',
      });
      server = await startTestServer({ tls: { cert, key } });
      const options = {
        port: server.port,
        host: HOST,
        ca: cert,
        ecdhCurve: curve,
        maxVersion: 'TLSv1.2',
      } as const;
      const { socket } = watched(
        connect({ ...options, ciphers: 'ECDHE', checkServerIdentity: () => undefined }),
      );
      const became = await Promise.race([
        once(socket, 'secureConnect').then(() => 'taken'),
        new Promise(resolve => socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code))),
      ]);
      expect(became).toBe(becomes);
    },
  );

  it('keys cannot be made anew without end: TLS 1.3 is not spoken', async () => {
    server = await startTestServer();
    const options = { port: server.port, host: HOST, ca: CERT.cert, minVersion: 'TLSv1.3' } as const;
    const [error] = await once(watched(connect(options)).socket, 'error');
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });
});

describe('where there are as many connections as there may be, a new one takes the place of', () => {
  it('one that has not asked yet, where these are many, the oldest first', async () => {
    server = await startTestServer({ limits: { connections: FEW, unaskedPart: 0.3 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: CERT.cert });
    const silent: Watched<Socket>[] = [];
    try {
      expect((await server.post('/mutate/enforce', BODY, { agent })).code).toBe(200);
      for (let i = 0; i < 8; i++) {
        silent.push(await opened(tcp(server.port)));
        await until(() => silent.filter(({ isClosed }) => isClosed()).length === Math.max(0, i - 2));
        // The same connection still: it has asked something, and is idle.
        expect((await server.post('/mutate/enforce', BODY, { agent })).code).toBe(200);
        expect(Object.values(agent.sockets).length + Object.values(agent.freeSockets).length).toBe(1);
      }
      expect(silent.map(({ isClosed }) => isClosed())).toEqual([...Array(5).fill(true), false, false, false]);
    } finally {
      agent.destroy();
    }
  });

  it('an idle one, where they are few: it keeps its own', async () => {
    server = await startTestServer({ limits: { connections: FEW } });
    const idle: Watched<Socket>[] = [];
    for (let i = 0; i < FEW; i++) idle.push(await asked(server.port));
    const fresh = await opened(tls(server.port), 'secureConnect');
    for (let i = 0; i < 2; i++) await opened(tcp(server.port));
    await until(() => idle.filter(({ isClosed }) => isClosed()).length === 3);
    expect(idle.slice(0, 3).map(({ isClosed }) => isClosed())).toEqual([true, true, true]);
    expect(fresh.isClosed()).toBe(false);
  });

  it('of one address that has more than a full load takes, before all others', async () => {
    server = await startTestServer({ limits: { connections: FEW, peerConnections: 4 } });
    const others: Watched<Socket>[] = [];
    for (let i = 0; i < 4; i++) others.push(await asked(server.port, '127.0.0.2'));
    const many: Watched<Socket>[] = [];
    for (let i = 0; i < 9; i++) many.push(await asked(server.port, '127.0.0.3'));
    await until(() => many.filter(({ isClosed }) => isClosed()).length === 3);
    expect(others.some(({ isClosed }) => isClosed())).toBe(false);
  });
});

describe.runIf(process.platform === 'linux')('an API server that comes from one address', () => {
  const ADDRESSES = 100;
  const EACH = 10;
  const REVIEWS = 40;
  /** How many objects the API server writes at once, by default. */
  const FULL_LOAD = 200;

  it('gets its answers to a full load, each through a connection that it opens for it', async () => {
    server = await startTestServer();
    const all = Array.from({ length: FULL_LOAD }, () => server.post('/mutate/enforce', BODY));
    expect((await Promise.all(all)).map(({ code }) => code)).toEqual(Array(FULL_LOAD).fill(200));
  });

  it('gets its answers while a hundred others hold ten connections each, and open more', async () => {
    server = await startTestServer();
    const agent = new Agent({ keepAlive: true, ca: CERT.cert });
    // More of its own than any of the others has.
    const burst = (count: number) =>
      Promise.all(Array.from({ length: count }, () => server.post('/mutate/enforce', BODY, { agent })));
    await burst(2 * EACH);
    for (let i = 0; i < ADDRESSES; i++) {
      const address = `127.0.1.${i + 1}`;
      await Promise.all(Array.from({ length: EACH }, () => asked(server.port, address)));
    }
    let at = 0;
    const timer = setInterval(() => tcp(server.port, `127.0.1.${(at++ % ADDRESSES) + 1}`), 5);
    try {
      const codes: (number | string)[] = [];
      for (let i = 0; i < REVIEWS; i++) {
        // Each opens a connection.
        const fresh = server.post('/mutate/enforce', BODY);
        codes.push(await fresh.then(({ code }) => code, String));
      }
      expect(codes).toEqual(codes.map(() => 200));
      expect((await burst(2 * EACH)).map(({ code }) => code)).toEqual(Array(2 * EACH).fill(200));
    } finally {
      clearInterval(timer);
      agent.destroy();
    }
  }, 120_000);
});
