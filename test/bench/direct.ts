/**
 * `npm run bench:direct [-- MAIN.js…]`: the webhook under direct load. Programs that are named take turns at each step, so
 * that versions are compared on the same noise (default: dist/main.js). From 1 to 256 connections, each with a request at a time; then
 * at rates up to one and a half of what that showed to be the most, with the timeout that the API server has for a call.
 * One core serves; the client takes another. Nothing is judged by these figures but what is past the most: the server
 * must answer there as much as it can, and as before afterwards. `--check` exits 1 where it does not.
 */
import process from 'node:process';
import autocannon, { type Options, type Result } from 'autocannon';
import { admissionReview, twoContainerPod } from './body.ts';
import { type Running, startWebhook } from './servers.ts';

const CONNECTIONS = [1, 4, 16, 64, 256] as const;
const MOST_CONNECTIONS = 256;
const SECONDS = 5;
const WARM_UP_SECONDS = 10;
/** As webhooks.timeoutSeconds of the chart. */
const TIMEOUT_SECONDS = 2;
/** Of the highest rate of a run without a rate. */
const SHARES = [0.5, 0.9, 1.5] as const;
/** What may be lost of the highest rate past saturation, and after it. */
const KEPT = 0.7;

const body = admissionReview(twoContainerPod('high'), 'b1f6d3a0-0000-4000-8000-000000000000');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const failures: string[] = [];

const mains = process.argv.slice(2).filter(word => word !== '--check');
const servers: Running[] = [];
try {
  for (const main of mains.length > 0 ? mains : [undefined]) servers.push(await startWebhook([], main));
  await measure();
} finally {
  for (const server of servers) await server.stop();
}
for (const failure of failures) print(`FAILED: ${failure}`);
if (process.argv.includes('--check') && failures.length > 0) process.exitCode = 1;

async function measure(): Promise<void> {
  for (const server of servers) await shoot(server, { connections: 16, duration: WARM_UP_SECONDS });
  const most = servers.map(() => 0);
  for (const connections of CONNECTIONS) {
    for (const [i, server] of servers.entries()) {
      const result = await shoot(server, { connections });
      most[i] = Math.max(most[i] ?? 0, rateOf(result));
      print(row(`${connections} connections`, result, i));
    }
  }
  for (const share of SHARES) {
    for (const [i, server] of servers.entries()) {
      const overallRate = Math.round((most[i] ?? 0) * share);
      const result = await shoot(server, { connections: MOST_CONNECTIONS, overallRate });
      print(row(`${overallRate} /s asked for`, result, i));
      if (share > 1) expectKept('past saturation', result, most[i] ?? 0);
    }
  }
  for (const [i, server] of servers.entries()) {
    const result = await shoot(server, { connections: 16 });
    print(row('16 connections again', result, i));
    expectKept('afterwards', result, most[i] ?? 0);
  }
}

function shoot(server: Running, options: Partial<Options>): Promise<Result> {
  return autocannon({
    url: server.url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duration: SECONDS,
    timeout: TIMEOUT_SECONDS,
    tlsOptions: { ca: server.ca },
    ...options,
  });
}

function rateOf(result: Result): number {
  return result['2xx'] / result.duration;
}

function row(what: string, result: Result, program: number): string {
  const { p50, p90, p99, p99_9 } = result.latency;
  const times = `p50 ${p50} ms  p90 ${p90} ms  p99 ${p99} ms  p99.9 ${p99_9} ms`;
  const failed = `${result.non2xx} refused, ${result.timeouts} late, ${result.errors - result.timeouts} broken`;
  const rate = `${Math.round(rateOf(result))} /s`;
  return `${servers.length > 1 ? `${program + 1}. ` : ''}${what.padEnd(22)} ${rate.padStart(8)}  ${times.padEnd(52)}  ${failed}  ${servers[program]?.memory().toFixed(0)} MiB`;
}

function expectKept(when: string, result: Result, most: number): void {
  const kept = rateOf(result) / most;
  if (kept < KEPT) failures.push(`${when} ${kept.toFixed(2)} of the most is answered (at least ${KEPT})`);
}
