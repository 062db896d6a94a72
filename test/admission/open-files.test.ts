import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectionRoom, openFilesLimit } from '../../src/admission/open-files.ts';
import { FakeApiServer } from '../support/api-server.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { processorTime } from '../support/processor-time.ts';
import { type Spawned, spawnServe } from './spawned.ts';
import { call, PODS, reviewOf, startTestServer, until } from './support.ts';

const FILES = 128;
const HELD = 300;
const BODY = JSON.stringify(reviewOf(PODS.reject));

let replica: Spawned | undefined;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  replica?.child.kill('SIGKILL');
  replica = undefined;
});

/** Connections that say nothing; those that are closed stay so. */
function holdOpen(port: number, count: number): void {
  for (let i = 0; i < count; i++) {
    sockets.push(connect({ port, host: '127.0.0.1' }).on('error', () => undefined));
  }
}

/** Whether an AdmissionReview is answered, as the API server would ask. */
const isJudged = ({ port }: Spawned): Promise<boolean> =>
  call(`https://127.0.0.1:${port}/mutate/enforce`, BODY, { rejectUnauthorized: false, timeout: 5000 }).then(
    ({ body }) => !body.response.allowed,
    () => false,
  );

describe.runIf(process.platform === 'linux')('a replica that may have few files open', () => {
  it('answers reviews and probes while more connections are held than it may have files', async () => {
    const running = await spawnServe(`ulimit -n ${FILES}`, []);
    replica = running;
    holdOpen(running.port, HELD);
    holdOpen(running.metricsPort, HELD);
    await sleep(500);
    for (let i = 0; i < 5; i++) {
      expect(await running.probe('/livez')).toBe(200);
      expect(await running.probe('/readyz')).toBe(200);
      expect(await isJudged(running)).toBe(true);
    }
    expect(running.openFiles()).toBeLessThan(FILES);
    expect(running.log()).toContain('few files may be open');
    // It does not turn round and round over connections that it cannot accept: who does gets as much as we do.
    const before = running.cpu();
    const own = processorTime(() => {
      const start = process.cpuUsage();
      while (process.cpuUsage(start).user < 500_000);
    });
    expect((running.cpu() - before) / own).toBeLessThan(0.5);
  }, 60_000);

  it('and that has none left is back once there are some, in step with the cluster', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'files-'));
    const api = new FakeApiServer();
    await api.start();
    try {
      api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
      api.put('Node', node('a', [{ name: 'runsc' }]));
      api.put('Namespace', namespace('shop'));
      writeFileSync(join(folder, 'kubeconfig'), api.kubeconfig());
      writeFileSync(join(folder, 'take.mjs'), TAKE_ALL);
      const running = await spawnServe(
        `ulimit -n ${FILES}`,
        ['--kubeconfig', join(folder, 'kubeconfig')],
        ['--import', pathToFileURL(join(folder, 'take.mjs')).href],
      );
      replica = running;
      await until(async () => (await running.probe('/readyz')) === 200, 10_000);
      running.child.kill('SIGUSR2');
      await until(() => running.openFiles() >= FILES - 1, 5000);
      api.cut('Node', 'reset');
      await until(() => running.log().includes('failed; it is tried again'), 10_000);
      expect(await isJudged(running)).toBe(false);
      running.child.kill('SIGUSR2');
      await until(() => isJudged(running), 10_000);
      await until(() => running.log().includes('goes on'), 30_000);
      expect(running.child.exitCode).toBeNull();
    } finally {
      await api.stop();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

/** Loaded into the process before all else: takes every file that there is from one signal to the next. */
const TAKE_ALL = `
import { closeSync, openSync } from 'node:fs';
const taken = [];
let timer;
const take = () => {
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {}
};
process.on('SIGUSR2', () => {
  if (!timer) {
    take();
    timer = setInterval(take, 2).unref();
    return;
  }
  clearInterval(timer);
  timer = undefined;
  for (const file of taken.splice(0)) closeSync(file);
});
`;

describe('the connections that are let in', () => {
  it.each([
    [Number.POSITIVE_INFINITY, { webhook: 600, probes: 100 }],
    [1_048_576, { webhook: 600, probes: 100 }],
    [764, { webhook: 600, probes: 100 }],
    [512, { webhook: 384, probes: 64 }],
    [128, { webhook: 54, probes: 9 }],
    [10, { webhook: 20, probes: 5 }],
  ])('of %d files are %j', (files, room) => {
    expect(connectionRoom(600, files)).toEqual(room);
  });

  it('are never more than were asked for', () => {
    expect(connectionRoom(3, 10).webhook).toBe(3);
  });

  it.runIf(process.platform === 'linux')('go by what the system lets this process open', () => {
    expect(openFilesLimit()).toBeGreaterThan(0);
  });
});

it('a connection that the kernel cannot accept does not end the process', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  const server = await startTestServer();
  try {
    const listening = listen.mock.contexts as Server[];
    expect(listening).toHaveLength(2);
    for (const one of listening) one.emit('error', new Error('accept ENOBUFS'));
    expect(server.logged.filter(({ reason }) => reason === 'accept ENOBUFS')).toHaveLength(2);
    expect((await server.post('/mutate/enforce', BODY)).code).toBe(200);
  } finally {
    listen.mockRestore();
    await server.stop(0, 100);
  }
});
