import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { startWebhook, type Webhook } from './serve.ts';
import { WORK } from './settings.ts';

/** One of several processes that compete for the work of the leader. */
export interface Replica extends Webhook {
  readonly pid: number;
  /** The metrics as Prometheus would read them. */
  metrics(): Promise<string>;
  /** The value of the series that begins with this text; undefined where there is none. */
  metric(series: string): Promise<number | undefined>;
  leads(): Promise<boolean>;
  /** Ends it like a node that loses power. */
  kill(): void;
  /** Stops it like a machine that hangs, and continues it as if nothing had happened. */
  freeze(): void;
  thaw(): void;
}

/** The options of the program, and of Node itself. */
export interface ReplicaOptions {
  readonly options?: readonly string[];
  readonly nodeOptions?: readonly string[];
}

export async function startReplica(
  name: string,
  leaseNamespace: string,
  { options = [], nodeOptions = [] }: ReplicaOptions = {},
): Promise<Replica> {
  const files = { log: join(WORK, `${name}.log`), pid: join(WORK, `${name}.pid`) };
  const webhook = await startWebhook(
    [
      ...['--kubeconfig', process.env.KUBECONFIG ?? '', '--lease-namespace', leaseNamespace],
      ...['--status', '--scan', '--scan-interval', '10', ...options],
    ],
    files,
    nodeOptions,
  );
  const pid = Number(readFileSync(files.pid, 'utf8'));
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${webhook.metricsPort}/metrics`)).text();
  const metric = async (series: string): Promise<number | undefined> => valueIn(await metrics(), series);
  const signal = (name: NodeJS.Signals): void => {
    process.kill(pid, name);
  };
  return {
    ...webhook,
    pid,
    metrics,
    metric,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    leads: async () => (await metric('cofferdam_leader ')) === 1,
    kill: () => {
      signal('SIGKILL');
      writeFileSync(files.pid, '');
    },
  };
}

/** The value of the series that begins with this text; undefined where there is none. */
export function valueIn(metrics: string, series: string): number | undefined {
  const line = metrics.split('\n').find(one => one.startsWith(series));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
