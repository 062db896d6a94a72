import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { NODE_FLAGS } from '../support/node-flags.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Running {
  readonly name: string;
  readonly url: string;
  readonly ca: Buffer;
  /** The resident memory, in MiB. */
  memory(): number;
  /** The processor time since its start, in microseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/**
 * The webhook as a user starts it.
 * @param main its program
 */
export const startWebhook = (
  more: readonly string[] = [],
  main = join(ROOT, 'dist/bundle/main.js'),
): Promise<Running> =>
  start('cofferdam', '/mutate/enforce?timeout=10s', (port, dir) => [
    ...NODE_FLAGS,
    main,
    'serve',
    '--tls-cert',
    join(dir, 'tls.crt'),
    '--tls-key',
    join(dir, 'tls.key'),
    '--address',
    '127.0.0.1',
    '--port',
    String(port),
    '--metrics-port',
    '0',
    '--shutdown-delay',
    '0',
    ...more,
  ]);

/** The control: express with the same body and an answer that decides nothing. */
export const startEcho = (): Promise<Running> =>
  start('express echo', '/?timeout=10s', (port, dir) => [
    join(import.meta.dirname, 'echo.ts'),
    String(port),
    join(dir, 'tls.crt'),
    join(dir, 'tls.key'),
  ]);

async function start(
  name: string,
  path: string,
  argv: (port: number, dir: string) => string[],
): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
  const port = await freePort();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  writeFileSync(join(dir, 'tls.crt'), cert);
  writeFileSync(join(dir, 'tls.key'), key);
  const child = spawn(process.execPath, argv(port, dir), { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `https://127.0.0.1:${port}${path}`;
  try {
    const ca = Buffer.from(cert);
    await untilUp(url, ca, child);
    return {
      name,
      url,
      ca,
      memory: () => residentMiB(child),
      cpu: () => cpuMicroseconds(child),
      stop: () => stop(child, dir),
    };
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

async function untilUp(url: string, ca: Buffer, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      return await answers(url, ca);
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

/** Reads VmRSS, in kB (proc(5)). */
function residentMiB(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Reads utime and stime, the 14th and 15th fields of stat, in hundredths of a second (proc(5)). */
function cpuMicroseconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null) {
    const gone = new Promise(done => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  }
  rmSync(dir, { recursive: true, force: true });
}
