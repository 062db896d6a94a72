import { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { expect, it, vi } from 'vitest';
import { withoutWaiting } from '../support/without-waiting.ts';
import { CERT, PODS, reviewOf, startTestServer, type TestServer, until } from './support.ts';

const BODY = JSON.stringify(reviewOf(PODS.admit));
const HEAD = `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

/** Has sent half of a request; `finish` sends the rest and gives what comes back. */
async function halfARequest(
  server: TestServer,
): Promise<{ finish: () => Promise<string>; closed: () => boolean }> {
  const socket = connect({ port: server.port, host: '127.0.0.1', ca: CERT.cert });
  let seen = '';
  let closed = false;
  socket.on('data', data => {
    seen += data;
  });
  const end = new Promise<void>(resolve => {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      closed = true;
      resolve();
    });
  });
  await new Promise<void>(resolve => socket.write(HEAD + BODY.slice(0, 10), () => resolve()));
  // The server must have read the head before it is told to stop.
  await server.post('/mutate/off', BODY);
  const finish = async (): Promise<string> => {
    socket.write(BODY.slice(10));
    await end;
    return seen;
  };
  return { finish, closed: () => closed };
}

const readyz = async (server: TestServer): Promise<number> =>
  (await fetch(`http://127.0.0.1:${server.metricsPort}/readyz`)).status;

/** The milliseconds by a clock that goes on with what is looked at, so that a busy machine makes no difference. */
async function timeToStop(server: TestServer, timeoutMs: number): Promise<number> {
  const begin = performance.now();
  let now = begin;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    let isStopped = false;
    const stopped = server.stop(0, timeoutMs).then(() => {
      isStopped = true;
    });
    await until(async () => {
      now += 20;
      await vi.advanceTimersByTimeAsync(20);
      return isStopped;
    }, timeoutMs);
    await stopped;
    return now - begin;
  } finally {
    clock.mockRestore();
    vi.useRealTimers();
  }
}

it('readiness goes first, and requests are answered meanwhile with a request to go away', async () => {
  const server = await startTestServer();
  expect(await readyz(server)).toBe(200);
  // The request lasts as long as a busy machine takes to ask three times.
  const { promise, resolve } = Promise.withResolvers<void>();
  const waits = withoutWaiting(promise);
  try {
    const stopped = server.stop(2000, 1000);
    expect(waits.asked).toEqual([2000]);
    expect(await readyz(server)).toBe(503);
    expect((await fetch(`http://127.0.0.1:${server.metricsPort}/livez`)).status).toBe(200);
    const { code, headers } = await server.post('/mutate/enforce', BODY);
    expect([code, headers.connection]).toEqual([200, 'close']);
    resolve();
    await stopped;
  } finally {
    waits.end();
  }
  await expect(server.post('/mutate/enforce', BODY)).rejects.toThrow(/ECONNREFUSED/);
  await expect(readyz(server)).rejects.toThrow();
});

it('a request in flight is answered', async () => {
  const server = await startTestServer();
  const { finish } = await halfARequest(server);
  const stopped = server.stop(0, 2000);
  await until(() =>
    server.post('/mutate/enforce', BODY).then(
      () => false,
      () => true,
    ),
  );
  expect(await finish()).toMatch(/^HTTP\/1\.1 200 .*"uid":"uid-1","allowed":true/s);
  await stopped;
});

it('idle connections are closed without waiting for their clients', async () => {
  const server = await startTestServer();
  const agent = new Agent({ keepAlive: true, ca: CERT.cert });
  try {
    await server.post('/mutate/enforce', BODY, { agent });
    expect(await timeToStop(server, 5000)).toBeLessThan(1000);
  } finally {
    agent.destroy();
  }
});

it.each([
  ['TLS', 'secureConnect', (port: number) => connect({ port, host: '127.0.0.1', ca: CERT.cert })],
  ['TCP', 'connect', (port: number) => connectTcp({ port, host: '127.0.0.1' })],
])('a %s connection that never sends a request is closed too', async (_, event, open) => {
  const server = await startTestServer();
  const socket = open(server.port);
  try {
    await new Promise(resolve => socket.once(event, resolve));
    const closed = new Promise(resolve => socket.once('close', resolve));
    expect(await timeToStop(server, 5000)).toBeLessThan(2000);
    await closed;
  } finally {
    socket.destroy();
  }
});

it('a request that never ends is cut after the timeout', async () => {
  const server = await startTestServer();
  const { closed } = await halfARequest(server);
  await server.stop(0, 50);
  await until(closed);
});
