import { once } from 'node:events';
import { Agent, type RequestOptions } from 'node:https';
import { type ConnectionOptions, connect } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { CERT, depsWith, PODS, reviewOf, startTestServer, type TestServer, until } from './support.ts';

/** As a CA of its own, which signs nothing else. */
const certificate = async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
  });
  return { cert, key };
};
const API_SERVER = await certificate();
const OTHER = await certificate();
const BODY = JSON.stringify(reviewOf(PODS.admit));

describe('where strangers are turned away', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ tls: { ...CERT, ca: API_SERVER.cert } });
  });
  afterAll(() => server.stop(0, 1000));

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
  afterAll(() => server.stop(0, 1000));

  const ask = (options: RequestOptions, namespace = 'shop') =>
    server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit, { namespace })), options);
  /** As they are now: what is served may be a tenth of a second old. */
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
    const agent = new Agent({ keepAlive: true });
    const answers = await Promise.all(
      [1, 2].map(() => server.post('/mutate/enforce', large(240_000), { ...API_SERVER, agent })),
    );
    expect(answers.map(({ body }) => body.response.status?.code)).toEqual(answers.map(() => 403));
    await until(() => told !== '');
    expect(told).toContain('too many large requests are being judged');
    agent.destroy();
    held.destroy();
  });
});
