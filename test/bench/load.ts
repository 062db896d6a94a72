import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { Running } from './servers.ts';

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends AdmissionReviews from `clients` keep-alive connections to 127.0.0.1, as the API server does: each with a uid of
 * its own, and each answer read and held against it. Times in milliseconds.
 */
export async function load(
  server: Pick<Running, 'url' | 'ca'>,
  review: (uid: string) => string,
  requests: number,
  clients: number,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients, ca: server.ca });
  const times: number[] = [];
  let started = 0;
  const client = async (): Promise<void> => {
    while (started++ < requests) {
      const uid = randomUUID();
      const payload = Buffer.from(review(uid));
      const begin = performance.now();
      const answer = await post(server.url, agent, payload);
      if (!answer.includes(uid)) throw new Error(`the answer is to another request: ${answer}`);
      JSON.parse(answer);
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

/** @throws Error where the answer is anything but 200 */
export async function post(url: string, agent: Agent, payload: Buffer): Promise<string> {
  const { status, text } = await send(url, agent, payload);
  if (status !== 200) throw new Error(`HTTP ${status}`);
  return text;
}

/** The longest that anybody waits for a webhook (the API server: 30 s at most). */
const PATIENCE_MS = 30_000;

/** @throws Error where no answer comes */
export function send(
  url: string,
  agent: Agent,
  payload: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', 'content-length': payload.length };
    const req = request(url, { agent, method: 'POST', headers, timeout: PATIENCE_MS }, res => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      // The connection may end in the middle of the answer.
      res.on('error', fail);
      res.on('end', () => done({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    req.on('timeout', () => req.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    req.on('error', fail);
    req.end(payload);
  });
}
