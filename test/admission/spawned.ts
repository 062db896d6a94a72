import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { NODE_FLAGS } from '../support/node-flags.ts';
import { until } from './support.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
/** A process starts within a second, on a busy machine within several. */
const START_MS = 20_000;

export interface Spawned {
  readonly child: ChildProcess;
  readonly port: number;
  readonly metricsPort: number;
  /** Everything that the process has written. */
  log(): string;
  /** The number of files that the process has open (proc(5)). */
  openFiles(): number;
  /** The processor time that the process has taken, in milliseconds. */
  cpu(): number;
  /** The status with which a path of the second port answers; undefined where it does not answer. */
  probe(path: string): Promise<number | undefined>;
}

/**
 * Starts `cofferdam serve` as a process of its own, with a certificate of its own, and waits until it serves.
 * @param limit a shell command to run before it, such as `ulimit -n 128`
 */
export async function spawnServe(limit: string, args: readonly string[], node: readonly string[] = []) {
  const own = ['serve', '--self-signed', '--port', '0', '--metrics-port', '0', '--shutdown-delay', '0'];
  const script = `${limit} && exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, ...NODE_FLAGS, ...node, MAIN, ...own, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (log += chunk));
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}: ${log}`);
      return /"msg":"serving".*\n/.test(log);
    }, START_MS);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const line = log.split('\n').find(text => text.includes('"msg":"serving"')) ?? '';
  const { port, metricsPort } = JSON.parse(line) as { port: number; metricsPort: number };
  const spawned: Spawned = {
    child,
    port,
    metricsPort,
    log: () => log,
    openFiles: () => readdirSync(`/proc/${child.pid}/fd`).length,
    cpu: () => cpuOf(child.pid ?? 0),
    probe: async path => {
      const url = `http://127.0.0.1:${metricsPort}${path}`;
      const answer = fetch(url, { signal: AbortSignal.timeout(5000) });
      return answer.then(
        ({ status }) => status,
        () => undefined,
      );
    },
  };
  return spawned;
}

/** The times are fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms (proc(5)). */
function cpuOf(pid: number): number {
  const [, text = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = text.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
