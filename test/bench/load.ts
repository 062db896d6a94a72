import { Agent, request } from 'node:https';
import type { Running } from './servers.ts';

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Sends `requests` copies of the body from `clients` keep-alive connections to 127.0.0.1; times in milliseconds. */
export async function load(server: Running, body: string, requests: number, clients: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients, ca: server.ca });
  const payload = Buffer.from(body);
  const times: number[] = [];
  let started = 0;
  const client = async (): Promise<void> => {
    while (started++ < requests) {
      const begin = performance.now();
      await post(server.url, agent, payload);
      times.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  try {
    await Promise.all(Array.from({ length: clients }, client));
  } finally {
    agent.destroy();
  }
  const seconds = (performance.now() - begin) / 1000;
  times.sort((a, b) => a - b);
  return { requests, seconds, rate: requests / seconds, p50: at(times, 0.5), p99: at(times, 0.99) };
}

export const at = (sorted: readonly number[], quantile: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;

export const median = (values: readonly number[]): number =>
  at(
    [...values].sort((a, b) => a - b),
    0.5,
  );

function post(url: string, agent: Agent, payload: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', 'content-length': payload.length };
    const req = request(url, { agent, method: 'POST', headers }, res => {
      res.resume();
      res.on('end', () => (res.statusCode === 200 ? done() : fail(new Error(`HTTP ${res.statusCode}`))));
    });
    req.on('error', fail);
    req.end(payload);
  });
}
