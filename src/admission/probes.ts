import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { type ConnectionLimits, TRACKABLE, trackConnections } from './connections.ts';

export interface ProbeDeps {
  /** True while AdmissionReviews should be sent here. */
  readonly ready: () => boolean;
  readonly registry: Registry;
  readonly limits: ConnectionLimits;
}

/**
 * A kubelet and a Prometheus have one or two connections each, and may come from the same address. A kubelet opens one for each
 * probe, and it costs nothing here until it asks. So most places are for connections that have not asked yet, as many of which
 * may come at once.
 */
export const PROBING = { peerConnections: 10, unaskedPart: 0.7 } as const;

/**
 * `/livez`, `/readyz` and `/metrics` over plain HTTP, on a port that the API server does not call. The server does not listen
 * yet.
 */
export function createProbes({ ready, registry, limits }: ProbeDeps): Server {
  const metrics = shared(() => registry.metrics());
  const server = createServer({ ...TRACKABLE, requestTimeout: 5000, connectionsCheckingInterval: 1000 });
  trackConnections(server, limits, (request, response) => {
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return answer(response, 200, 'ok\n');
      case '/readyz':
        return ready() ? answer(response, 200, 'ok\n') : answer(response, 503, 'not ready\n');
      case '/metrics':
        metrics().then(
          text => answer(response, 200, text, registry.contentType),
          () => answer(response, 500, 'metrics could not be collected\n'),
        );
        return;
      default:
        return answer(response, 404, 'the paths are /livez, /readyz and /metrics\n');
    }
  });
  return server;
}

/** How old metrics may be, in milliseconds. */
const FRESH_MS = 100;

/**
 * Collecting metrics takes milliseconds of the thread that answers the API server, so requests that come together share one
 * collection.
 */
function shared(collect: () => Promise<string>): () => Promise<string> {
  let latest: { readonly at: number; readonly text: Promise<string> } | undefined;
  return () => {
    const now = performance.now();
    if (!latest || now - latest.at > FRESH_MS) latest = { at: now, text: collect() };
    return latest.text;
  };
}

function answer(response: ServerResponse, code: number, body: string, type = 'text/plain'): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
