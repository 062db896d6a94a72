import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from '@kubernetes/client-node';
import { afterEach, expect, it } from 'vitest';
import { connectionOf } from '../../src/kube/connect.ts';
import { kubeconfigFor } from '../support/kube-server.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

it('lines that take long to read are read for a tenth of the time', async () => {
  const read: number[] = [];
  server = createServer((_, response) => {
    let sent = 0;
    const timer = setInterval(() => (++sent > 100 ? response.end() : response.write('{}\n')), 5);
    response.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new client.KubeConfig();
  config.loadFromString(kubeconfigFor((server.address() as AddressInfo).port));
  const { api } = connectionOf(config);
  const ended = new AbortController();
  const lines = api.lines(
    { path: '/x', signal: ended.signal },
    {
      opened: () => undefined,
      line: () => {
        read.push(performance.now());
        while (performance.now() - (read.at(-1) as number) < 20);
      },
    },
  );
  await new Promise(resolve => setTimeout(resolve, 700));
  ended.abort();
  await lines.catch(() => undefined);
  // What came meanwhile comes in one piece.
  const pauses = read.map((at, i) => at - (read[i - 1] ?? at)).filter(pause => pause > 100);
  expect(pauses.length).toBeGreaterThan(0);
  expect(Math.min(...pauses)).toBeGreaterThan(9 * 20);
});
