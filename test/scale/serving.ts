import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { startWebhook, type Webhook } from '../e2e/support/serve.ts';
import { LIVE_FILES } from '../e2e/support/settings.ts';

export interface Serving extends Webhook {
  readonly pid: number;
  /** The seconds from its start until it was ready. */
  readonly seconds: number;
}

/** Starts `cofferdam serve` on the cluster of KUBECONFIG, or on that of another, and waits until it is ready. */
export async function serve(
  options: readonly string[] = [],
  kubeconfig = process.env.KUBECONFIG ?? '',
): Promise<Serving> {
  const begin = performance.now();
  const webhook = await startWebhook(['--kubeconfig', kubeconfig, '--status', ...options], LIVE_FILES);
  const seconds = (performance.now() - begin) / 1000;
  return { ...webhook, pid: Number(readFileSync(LIVE_FILES.pid, 'utf8')), seconds };
}

/** MiB that a process holds, and the most that it ever held (proc(5): VmRSS, VmHWM). */
export function memoryOf(pid: number): { readonly now: number; readonly highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), highest: of('VmHWM') };
}

export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** The lines of its log, without those of single decisions. */
export const logOf = (message: string): readonly Record<string, unknown>[] =>
  readFileSync(LIVE_FILES.log, 'utf8')
    .split('\n')
    .filter(line => line.includes(`"msg":"${message}"`))
    .map(line => JSON.parse(line) as Record<string, unknown>);

export const isReady = async ({ metricsPort }: Webhook): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).ok;

/** The seconds since the watch that lags most last heard of the API server. */
export async function staleness({ metricsPort }: Webhook): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const values = text.matchAll(/^cofferdam_informer_staleness_seconds\{[^}]*\} ([\d.e-]+)$/gm);
  return Math.max(...[...values].map(([, value]) => Number(value)));
}

/** Writes a measurement to the output of the tests, for its readers. */
export const tell = (line: string): void => void process.stderr.write(`      ${line}\n`);
