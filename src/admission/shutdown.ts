import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeUnused } from './connections.ts';

/** How long connections are looked after between two looks, in milliseconds. */
const STEP_MS = 20;
/** How long a connection may take to its first request before a server that stops gives it up, in milliseconds. */
const GRACE_MS = 500;

/**
 * Stops taking connections, lets those that are being answered finish, closes idle ones, and after `timeoutMs` all.
 * Resolves once none is left.
 */
async function closeServer(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve());
  });
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
  // A kept-alive connection falls idle when its answer is out, after `close` has looked for idle ones.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    closeUnused(server, GRACE_MS);
  }, STEP_MS);
  try {
    await closed;
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}

export interface Stopping {
  /** Makes it not ready from now on, and makes answers ask for the connection to be closed. */
  readonly drain: () => void;
  /** How long endpoints and proxies get to notice, in milliseconds. */
  readonly delayMs: number;
  /** The milliseconds that requests in flight are given. */
  readonly timeoutMs: number;
  readonly webhook: Server;
  /** Closed last: until then the kubelet sees that we are alive and not ready. */
  readonly probes: Server;
}

/** Readiness goes first; then, after the delay, the listeners; what is in flight is answered. */
export async function stopGracefully({
  drain,
  delayMs,
  timeoutMs,
  webhook,
  probes,
}: Stopping): Promise<void> {
  drain();
  await sleep(delayMs);
  await closeServer(webhook, timeoutMs);
  await closeServer(probes, STEP_MS);
}
