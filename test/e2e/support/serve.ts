import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { NODE_FLAGS } from '../../support/node-flags.ts';
import { poll } from './poll.ts';
import {
  CLUSTER_VIEW,
  HOST,
  MAIN,
  POLICIES,
  TLS_CERT,
  TLS_KEY,
  WEBHOOK_LOG,
  WEBHOOK_PID,
} from './settings.ts';

export interface Webhook {
  readonly port: number;
  readonly metricsPort: number;
  stop(): Promise<void>;
}

/** The files that a process writes, by which run.sh can end it. */
export interface ServeFiles {
  readonly log: string;
  readonly pid: string;
}

/** It is long for a busy machine with 5,000 nodes to list. */
const READY_SECONDS = 120;
const FILES: ServeFiles = { log: WEBHOOK_LOG, pid: WEBHOOK_PID };

/** The command for a webhook on free ports that ends as soon as it is told to. */
export const SERVE = [MAIN, 'serve', '--port', '0', '--metrics-port', '0', '--shutdown-delay', '0'] as const;

/**
 * Starts `cofferdam serve` as a process of this machine, on free ports, and waits until it is ready.
 * @param options where policies and cluster come from
 * @param nodeOptions options for Node itself
 */
export async function startWebhook(
  options: readonly string[] = ['--policy', POLICIES, '--cluster', CLUSTER_VIEW],
  files: ServeFiles = FILES,
  nodeOptions: readonly string[] = [],
): Promise<Webhook> {
  const log = openSync(files.log, 'w');
  const child = spawn(
    process.execPath,
    [
      ...[...NODE_FLAGS, ...nodeOptions, ...SERVE],
      ...['--address', HOST === '127.0.0.1' ? HOST : '0.0.0.0'],
      ...['--tls-cert', TLS_CERT, '--tls-key', TLS_KEY, ...options],
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  writeFileSync(files.pid, `${child.pid}`);
  try {
    const ports = await poll('the webhook is ready', () => portsWhenReady(child, files), READY_SECONDS);
    return { ...ports, stop: () => stop(child, files) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** The ports are read from the log. */
async function portsWhenReady(child: ChildProcess, files: ServeFiles): Promise<Ports | undefined> {
  const log = readFileSync(files.log, 'utf8');
  if (child.exitCode !== null) throw new Error(`cofferdam serve exited with ${child.exitCode}:\n${log}`);
  const line = log.split('\n').find(text => text.includes('"msg":"serving"'));
  if (!line) return undefined;
  const { port, metricsPort } = JSON.parse(line) as { port: number; metricsPort: number };
  const ready = await fetch(`http://127.0.0.1:${metricsPort}/readyz`).catch(() => undefined);
  return ready?.ok ? { port, metricsPort } : undefined;
}

type Ports = Pick<Webhook, 'port' | 'metricsPort'>;

async function stop(child: ChildProcess, files: ServeFiles): Promise<void> {
  if (child.exitCode !== null) throw new Error(`cofferdam serve ended early with ${child.exitCode}`);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exited;
  writeFileSync(files.pid, '');
  if (code !== 0) throw new Error(`cofferdam serve exited with ${code} on SIGTERM`);
}
