import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import * as client from '@kubernetes/client-node';
import { afterEach, expect, it, vi } from 'vitest';
import { connectionOf } from '../../src/kube/connect.ts';
import { kubeconfigFor } from '../support/kube-server.ts';
import { until } from '../support/until.ts';

let server: Server | undefined;
afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
});

/** Reads lines each of which takes so long, by a clock that stands still meanwhile. */
async function reading(lineMs: number) {
  let answering: ServerResponse | undefined;
  server = createServer((_, response) => {
    answering = response.writeHead(200);
    response.flushHeaders();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new client.KubeConfig();
  config.loadFromString(kubeconfigFor((server.address() as AddressInfo).port));
  const { api } = connectionOf(config);
  let [now, read] = [0, 0];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const rests: { readonly ms: number | undefined; readonly end: () => void }[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((end: () => void, ms?: number) => {
    rests.push({ ms, end });
    return { unref: () => undefined };
  }) as never);
  const ended = new AbortController();
  const line = (): void => {
    read++;
    now += lineMs;
  };
  const hooks = { opened: () => undefined, line };
  const lines = api.lines({ path: '/x', signal: ended.signal }, hooks).catch(() => undefined);
  await until(() => answering !== undefined);
  return {
    rests,
    read: () => read,
    send: (count: number) => void answering?.write('{}\n'.repeat(count)),
    end: async () => {
      ended.abort();
      await lines;
    },
  };
}

it('lines that take long to read are read for a tenth of the time', async () => {
  const { rests, read, send, end } = await reading(20);
  send(1);
  await until(() => read() === 1);
  expect(rests.map(({ ms }) => ms)).toEqual([9 * 20]);
  for (let i = 0; i < 10; i++) {
    send(1);
    for (let turns = 0; turns < 20; turns++) await turn();
  }
  // What comes meanwhile waits, and then comes in one piece, or a few.
  expect(read()).toBe(1);
  while (read() < 11) {
    const [before, resting] = [read(), rests.length];
    rests.at(-1)?.end();
    await until(() => rests.length > resting);
    expect(rests.at(-1)?.ms).toBe(9 * 20 * (read() - before));
  }
  await end();
});

it('those that take no time are read one after the other, and none rests longer than 5 s', async () => {
  const quick = await reading(4);
  for (let i = 1; i <= 3; i++) {
    quick.send(1);
    await until(() => quick.read() === i);
  }
  expect(quick.rests).toEqual([]);
  await quick.end();
  vi.restoreAllMocks();

  const slow = await reading(1000);
  slow.send(1);
  await until(() => slow.read() === 1);
  expect(slow.rests.map(({ ms }) => ms)).toEqual([5000]);
  await slow.end();
});
