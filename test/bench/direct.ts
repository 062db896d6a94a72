/**
 * `npm run bench:direct [-- MAIN.js…]`: the webhook under direct load. Programs that are named take turns at each step, so
 * that versions are compared on the same noise (default: dist/bundle/main.js). From 1 to 256 connections, each with a request at a time; then
 * at rates up to one and a half of what that showed to be the most, with the timeout that the API server has for a call.
 * One core serves; the client takes another. Nothing is judged by these figures but what is past the most: the server
 * must answer there as much as it can, and as before afterwards. `--check` exits 1 where it does not. Beside them stands
 * the server's processor time for each answer, which other work on the machine changes less than answers a second. `--short`
 * is only what is judged, of one program: the most, beside it what is past that, and afterwards. What is too little is
 * measured again, three times in all, and the highest of each counts: other work on the machine only takes away, and a server
 * that falls over does so each time.
 */
import process from 'node:process';
import autocannon, { type Options, type Result } from 'autocannon';
import { admissionReview, twoContainerPod } from './body.ts';
import { type Running, startWebhook } from './servers.ts';

const CONNECTIONS = [1, 4, 16, 64, 256] as const;
const MOST_CONNECTIONS = 256;
const SECONDS = 5;
const WARM_UP_SECONDS = 10;
/** The default of webhooks.timeoutSeconds in the chart. */
const TIMEOUT_SECONDS = 2;
/** The shares of the highest rate of a run without a rate. */
const SHARES = [0.5, 0.9, 1.5] as const;
/** The part of the highest rate that must be left past saturation, and after it. */
const KEPT = 0.7;
const SHORT_SECONDS = 3;
const SHORT_ROUNDS = 3;

type Shot = Result & { readonly cpu: number };

const body = admissionReview(twoContainerPod('high'), 'b1f6d3a0-0000-4000-8000-000000000000');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const failures: string[] = [];

const mains = process.argv.slice(2).filter(word => !word.startsWith('--'));
const servers: Running[] = [];
try {
  for (const main of mains.length > 0 ? mains : [undefined]) servers.push(await startWebhook([], main));
  await (process.argv.includes('--short') ? measureShort() : measure());
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
      if (share > 1) expectKept('past saturation', rateOf(result) / (most[i] ?? 0));
    }
  }
  for (const [i, server] of servers.entries()) {
    const result = await shoot(server, { connections: 16 });
    print(row('16 connections again', result, i));
    expectKept('afterwards', rateOf(result) / (most[i] ?? 0));
  }
}

async function measureShort(): Promise<void> {
  const [server] = servers;
  if (!server) throw new Error('there is no server');
  const duration = SHORT_SECONDS;
  await shoot(server, { connections: 16, duration: WARM_UP_SECONDS });
  let [most, past, after] = [0, 0, 0];
  const highest = async (before: number, what: string, options: Partial<Options>): Promise<number> => {
    const result = await shoot(server, { connections: MOST_CONNECTIONS, duration, ...options });
    print(row(what, result, 0));
    return Math.max(before, rateOf(result));
  };
  const isKept = (): boolean => most > 0 && Math.min(past, after) >= KEPT * most;
  for (let round = 0; round < SHORT_ROUNDS && !isKept(); round++) {
    most = await highest(most, `${MOST_CONNECTIONS} connections`, {});
    const overallRate = Math.max(1, Math.round(most * SHARES[2]));
    past = await highest(past, `${overallRate} /s asked for`, { overallRate });
    after = await highest(after, `${MOST_CONNECTIONS} again`, {});
  }
  expectKept('past saturation', past / most);
  expectKept('afterwards', after / most);
}

/** @returns the results with the server's processor time for each answer, in microseconds */
async function shoot(server: Running, options: Partial<Options>): Promise<Shot> {
  const before = server.cpu();
  const result = await autocannon({
    url: server.url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duration: SECONDS,
    timeout: TIMEOUT_SECONDS,
    tlsOptions: { ca: server.ca },
    ...options,
  });
  return { ...result, cpu: (server.cpu() - before) / result['2xx'] };
}

function rateOf(result: Result): number {
  return result['2xx'] / result.duration;
}

function row(what: string, result: Shot, program: number): string {
  const { p50, p90, p99, p99_9 } = result.latency;
  const times = `p50 ${p50} ms  p90 ${p90} ms  p99 ${p99} ms  p99.9 ${p99_9} ms`;
  const failed = `${result.non2xx} refused, ${result.timeouts} late, ${result.errors - result.timeouts} broken`;
  const rate = `${Math.round(rateOf(result))} /s`;
  const cpu = `${Math.round(result.cpu)} µs`;
  return `${servers.length > 1 ? `${program + 1}. ` : ''}${what.padEnd(22)} ${rate.padStart(8)}  ${cpu.padStart(6)}  ${times.padEnd(52)}  ${failed}  ${servers[program]?.memory().toFixed(0)} MiB`;
}

function expectKept(when: string, kept: number): void {
  // It is NaN where nothing was answered at all.
  if (!(kept >= KEPT)) failures.push(`${when} ${kept.toFixed(2)} of the most is answered (at least ${KEPT})`);
}
