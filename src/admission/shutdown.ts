import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeUnused } from './connections.ts';

/** How long connections are looked after between two looks, in milliseconds. */
const STEP_MS = 20;
/** How long a server that stops waits for a connection's first request, in milliseconds. */
const GRACE_MS = 500;

/**
 * Stops taking connections, lets those that are being answered finish, closes idle ones, and closes all after `timeoutMs`.
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
  /** Makes the server not ready from now on, and makes answers ask for the connection to be closed. */
  readonly drain: () => void;
  /** How long endpoints and proxies get to notice, in milliseconds. */
  readonly delayMs: number;
  /** The milliseconds that requests in flight are given. */
  readonly timeoutMs: number;
  readonly webhook: Server;
  /** The probes are closed last, so that until then the kubelet sees a process that is alive and not ready. */
  readonly probes: Server;
}

/** Takes readiness away first; then, after the delay, closes the listeners; requests in flight are answered. */
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
