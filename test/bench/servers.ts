import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Running {
  readonly name: string;
  readonly url: string;
  readonly ca: Buffer;
  /** Resident memory, MiB. */
  memory(): number;
  stop(): Promise<void>;
}

/** The webhook as a user starts it. */
export const startWebhook = (): Promise<Running> =>
  start('cofferdam', '/mutate/enforce', (port, dir) => [
    join(ROOT, 'dist/main.js'),
    'serve',
    '--self-signed',
    '--port',
    String(port),
    '--metrics-port',
    '0',
    '--ca-out',
    join(dir, 'ca.pem'),
    '--shutdown-delay',
    '0',
  ]);

/** The control: express, the same body, an answer that decides nothing. */
export const startEcho = (): Promise<Running> =>
  start('express echo', '/', (port, dir) => [
    join(import.meta.dirname, 'echo.ts'),
    String(port),
    join(dir, 'ca.pem'),
  ]);

async function start(
  name: string,
  path: string,
  argv: (port: number, dir: string) => string[],
): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
  const port = await freePort();
  const child = spawn(process.execPath, argv(port, dir), { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `https://127.0.0.1:${port}${path}`;
  try {
    const ca = await untilUp(url, join(dir, 'ca.pem'), child);
    return { name, url, ca, memory: () => residentMiB(child), stop: () => stop(child, dir) };
  } catch (error) {
    await stop(child, dir);
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise(done => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilUp(url: string, caFile: string, child: ChildProcess): Promise<Buffer> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      const ca = readFileSync(caFile);
      await answers(url, ca);
      return ca;
    } catch {
      await new Promise(done => setTimeout(done, 50));
    }
  }
  throw new Error(`${url} did not come up`);
}

const answers = (url: string, ca: Buffer): Promise<void> =>
  new Promise((done, fail) => {
    const req = request(url, { ca, method: 'POST', headers: { 'content-type': 'application/json' } }, res => {
      res.resume();
      res.on('end', done);
    });
    req.on('error', fail);
    req.end('{}');
  });

/** proc(5): VmRSS in kB. */
function residentMiB(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise(done => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  }
  rmSync(dir, { recursive: true, force: true });
}
