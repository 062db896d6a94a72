import { once } from 'node:events';
import { Agent, type RequestOptions } from 'node:https';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import { CERT, depsWith, PODS, pod, reviewOf, startTestServer, type TestServer, until } from './support.ts';

/** A certificate as a CA of its own, which signs nothing else. */
const certificate = async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
  });
  return { cert, key };
};
const API_SERVER = await certificate();
const OTHER = await certificate();
const BODY = JSON.stringify(reviewOf(PODS.admit));

it.each(['P-384', 'P-521'] as const)('knows an API server whose certificate has a key of %s', async curve => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    curve,
  });
  const server = await startTestServer({ tls: { ...CERT, ca: cert } });
  try {
    expect((await server.post('/mutate/enforce', BODY, { cert, key })).code).toBe(200);
  } finally {
    await server.stop(0, 1000);
  }
});

describe('where strangers are turned away', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ tls: { ...CERT, ca: API_SERVER.cert } });
  });
  afterAll(() => server?.stop(0, 1000));

  it('who shows a certificate of the CA is answered, and nobody else', async () => {
    expect((await server.post('/mutate/enforce', BODY, API_SERVER)).code).toBe(200);
    await expect(server.post('/mutate/enforce', BODY)).rejects.toThrow();
    await expect(server.post('/mutate/enforce', BODY, OTHER)).rejects.toThrow();
  });
});

describe('where strangers are served', () => {
  const lookedUp: string[] = [];
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      tls: { ...CERT, ca: API_SERVER.cert, strangers: true },
      limits: { heldBytes: 900_000 },
      ground: depsWith({ ...builtinView(), namespace: () => undefined }).current(),
      cluster: {
        ready: () => true,
        findNamespace: async name => void lookedUp.push(name),
        watches: [],
      },
    });
  });
  afterAll(() => server?.stop(0, 1000));

  const ask = (options: RequestOptions, namespace = 'shop') =>
    server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit, { namespace })), options);
  /** The metrics as they are now: what is served may be a tenth of a second old. */
  const metrics = () => server.settings.metrics.registry.metrics();

  it.each<[string, RequestOptions, string | undefined]>([
    ['who shows a certificate of the CA', API_SERVER, undefined],
    ['who shows none', {}, 'stranger'],
    ['who shows one of another CA', OTHER, 'stranger'],
  ])('%s is answered', async (_who, options, caller) => {
    const before = server.logged.length;
    expect((await ask(options)).code).toBe(200);
    await until(() => server.logged.length > before);
    expect(server.logged.at(-1)?.caller).toBe(caller);
  });

  it('a stranger who resumes a session is one still', async () => {
    const options: ConnectionOptions = { port: server.port, host: '127.0.0.1', ca: CERT.cert };
    const first = connect(options);
    const session = new Promise<Buffer>(resolve => first.once('session', resolve));
    first.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const resumed = connect({ ...options, session: await session });
    await once(resumed, 'secureConnect');
    expect(resumed.isSessionReused()).toBe(true);
    const before = server.logged.length;
    resumed.write(
      `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
    );
    await until(() => server.logged.length > before);
    expect(server.logged.at(-1)?.caller).toBe('stranger');
    first.destroy();
    resumed.destroy();
  });

  it('no review of a stranger has the API server called, or moves a number but its own', async () => {
    lookedUp.length = 0;
    const before = /^cofferdam_admission_requests_total.* (\d+)$/m.exec(await metrics())?.[1];
    for (let i = 0; i < 20; i++) await ask({}, `made-up-${i}`);
    expect(lookedUp).toEqual([]);
    const after = await metrics();
    expect(/^cofferdam_admission_requests_total.* (\d+)$/m.exec(after)?.[1]).toBe(before);
    expect(after).toMatch(/^cofferdam_stranger_reviews_total\{path="mutate",mode="enforce"\} \d\d$/m);
    await ask(API_SERVER, 'made-up');
    expect(lookedUp).toEqual(['made-up']);
  });

  it('bodies of strangers make room for those of known callers', async () => {
    // It has its connection already, or on a busy machine the stranger's body would stall before it comes. One body alone is
    // too much beside the stranger's: of two, the first may be answered before the second is there.
    const agent = new Agent({ keepAlive: true });
    const known = (body: string) => server.post('/mutate/enforce', body, { ...API_SERVER, agent });
    await known(BODY);
    const held = connect({ port: server.port, host: '127.0.0.1', ca: CERT.cert });
    await once(held, 'secureConnect');
    let told = '';
    held.on('data', data => {
      told += data;
    });
    const large = (bytes: number) =>
      JSON.stringify(reviewOf({ ...PODS.admit, metadata: { name: 'x'.repeat(bytes) } }));
    const body = large(450_000);
    held.write(
      `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
    );
    const answer = await known(large(450_000));
    expect(answer.body.response.status?.code).toBe(403);
    await until(() => told !== '');
    expect(told).toContain('too many large requests are being judged');
    agent.destroy();
    held.destroy();
  });
});

describe('who is known comes before all strangers', () => {
  const STRANGERS = 20;
  const tls = { ...CERT, ca: API_SERVER.cert, strangers: true };
  let server: TestServer | undefined;
  const sockets: TLSSocket[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.stop(0, 1000);
    server = undefined;
  });

  /** A connection that TLS was agreed on, and all that came through it. */
  async function connected({ port }: TestServer, shown: ConnectionOptions = {}) {
    const socket = connect({ port, host: '127.0.0.1', ca: CERT.cert, ...shown });
    sockets.push(socket);
    let told = '';
    socket
      .on('error', () => undefined)
      .on('data', data => {
        told += data;
      });
    await once(socket, 'secureConnect');
    return { socket, told: () => told };
  }
  const posted = (body: string): string =>
    `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  it('with a connection that is idle, where there are as many as there may be', async () => {
    server = await startTestServer({ tls, limits: { connections: 10 } });
    const asked = async (shown?: ConnectionOptions) => {
      const one = await connected(server as TestServer, shown);
      one.socket.write('GET /asks HTTP/1.1\r\nHost: x\r\n\r\n');
      await until(() => one.told().includes('NotFound'));
      return one;
    };
    const known = await asked(API_SERVER);
    const strangers: Awaited<ReturnType<typeof connected>>[] = [];
    for (let i = 0; i < STRANGERS; i++) strangers.push(await asked());
    await until(() => strangers.filter(({ socket }) => socket.destroyed).length === STRANGERS - 9);
    expect(known.socket.destroyed).toBe(false);
    known.socket.write('GET /again HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => known.told().split('NotFound').length === 3);
  });

  it('with an answer that it has not read yet, where those are too much', async () => {
    // Time is counted in looks at connections.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    /** More than the kernel takes for a client that does not read. */
    const long = 12 * 1024 * 1024;
    server = await startTestServer({ tls, help: 'x'.repeat(long) });
    const { logged } = server;
    const unread = async (shown?: ConnectionOptions) => {
      const one = await connected(server as TestServer, shown);
      const before = logged.length;
      one.socket.pause();
      one.socket.write(posted(JSON.stringify(reviewOf(PODS.reject))));
      await until(() => logged.length > before);
      return one;
    };
    const [known, stranger] = [await unread(API_SERVER), await unread()];
    expect(logged.map(({ caller }) => caller)).toEqual([undefined, 'stranger']);
    await vi.advanceTimersByTimeAsync(100);
    for (const { socket } of [known, stranger]) socket.resume();
    await until(() => stranger.socket.destroyed && known.told().length > long, 10_000);
    expect(stranger.told().length).toBeLessThan(long);
  });

  it('with a review, where theirs came with it', async () => {
    const judged: unknown[] = [];
    server = await startTestServer({
      tls,
      decide: (request, ...more) => {
        judged.push(request.pod.metadata?.name);
        return decide(request, ...more);
      },
    });
    const strangers = [];
    for (let i = 0; i < STRANGERS; i++) strangers.push(await connected(server));
    const known = await connected(server, API_SERVER);
    const review = (name: string): string => posted(JSON.stringify(reviewOf(pod({}, { name }))));
    // All of it in one turn of the event loop, which is the server's as well.
    for (const { socket } of strangers) socket.write(review('stranger'));
    known.socket.write(review('known'));
    await until(() => judged.length === STRANGERS + 1);
    expect(judged.indexOf('known')).toBeLessThan(STRANGERS / 2);
  });
});
