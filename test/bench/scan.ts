/**
 * `node test/bench/scan.ts`: what a scan of 50,000 Pods does to the webhook that runs beside it in the same process: its
 * latency at 100 requests a second, and its memory, without and with scans. Prints; judges nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPodServer } from '../support/start-pod-server.ts';
import { admissionReview, twoContainerPod } from './body.ts';
import { at, post } from './load.ts';
import { type Running, startWebhook } from './servers.ts';

const PODS = 50_000;
const PER_NAMESPACE = 50;
const SECONDS = 20;
const PER_SECOND = 100;
const WARM_UP = 2000;

const pod = twoContainerPod('high');

/** One request every 10 ms, however long the others take, as users arrive. */
async function latencies(server: Running, requests: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ca: server.ca });
  const times: number[] = [];
  const one = async (i: number): Promise<void> => {
    const begin = performance.now();
    await post(server.url, agent, Buffer.from(admissionReview(pod, String(i))));
    times.push(performance.now() - begin);
  };
  const sent: Promise<void>[] = [];
  const start = performance.now();
  for (let i = 0; i < requests; i++) {
    await sleep(Math.max(0, start + (i * 1000) / PER_SECOND - performance.now()));
    sent.push(one(i));
  }
  await Promise.all(sent);
  agent.destroy();
  return times.sort((a, b) => a - b);
}

/** Waits, as a server answers that it cannot judge until it has listed the cluster. */
async function ready(server: Running): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const done = await latencies(server, 1).catch(() => undefined);
    if (done) return;
    await sleep(50);
  }
  throw new Error('the webhook did not become ready');
}

const folder = mkdtempSync(join(tmpdir(), 'cofferdam-bench-'));
const api = await startPodServer(PODS, PER_NAMESPACE);
try {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig);
  for (const scan of [[], ['--scan', '--scan-interval', '10']]) {
    const server = await startWebhook(['--kubeconfig', kubeconfig, ...scan]);
    try {
      await ready(server);
      await latencies(server, WARM_UP);
      const cpu = server.cpu();
      const times = await latencies(server, SECONDS * PER_SECOND);
      const share = ((server.cpu() - cpu) / 1e6 / SECONDS) * 100;
      const [p50, p99, max] = [at(times, 0.5), at(times, 0.99), times.at(-1) ?? 0].map(ms => ms.toFixed(1));
      process.stdout.write(
        `${scan.length > 0 ? 'with scans   ' : 'without scans'}  p50 ${p50} ms  p99 ${p99} ms  longest ${max} ms  resident ${server.memory().toFixed(0)} MiB  processor ${share.toFixed(0)} %\n`,
      );
    } finally {
      await server.stop();
    }
  }
} finally {
  await api.stop();
  rmSync(folder, { recursive: true });
}
