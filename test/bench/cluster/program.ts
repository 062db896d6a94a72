import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { WORK } from '../../e2e/support/settings.ts';
import type { Stoppers } from './controls.ts';

type Child = ChildProcessByStdio<null, Readable, Readable>;

export interface Program {
  readonly pid: number;
  /**
   * Waits until its output matches this pattern, and gives the first group.
   * @throws Error where the program ends earlier
   */
  said(pattern: RegExp): Promise<string>;
}

const KILL_AFTER_MS = 5_000;

/** Starts a program whose output goes to a file of the run; run.sh ends it where this process does not. */
export function startProgram(
  stop: Stoppers,
  name: string,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Program {
  const [file, ...args] = command;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const pidFile = join(WORK, `${name}.pid`);
  writeFileSync(pidFile, `${child.pid}`);
  stop.push(async () => {
    await end(child);
    writeFileSync(pidFile, '');
  });
  const log = createWriteStream(join(WORK, `${name}.log`));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  return { pid: child.pid ?? 0, said: pattern => said(child, name, pattern) };
}

async function end(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  try {
    await exited;
  } finally {
    clearTimeout(timer);
  }
}

function said(child: Child, name: string, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk;
      const found = pattern.exec(output)?.[1];
      if (found === undefined) return;
      child.stdout.off('data', read);
      child.off('exit', ended);
      resolve(found);
    };
    const ended = (): void => reject(new Error(`${name} ended:\n${output}`));
    child.stdout.on('data', read);
    child.on('exit', ended);
    child.on('error', reject);
  });
}

/** A port of 127.0.0.1 on which nobody listens, for a program that cannot tell which port it took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
