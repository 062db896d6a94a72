import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export interface ProbeDeps {
  /** True while AdmissionReviews should be sent here. */
  readonly ready: () => boolean;
  readonly registry: Registry;
}

/** `/livez`, `/readyz` and `/metrics` over plain HTTP, on a port that the API server does not call. Not yet listening. */
export function createProbes({ ready, registry }: ProbeDeps): Server {
  return createServer({ requestTimeout: 5000, connectionsCheckingInterval: 1000 }, (request, response) => {
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return answer(response, 200, 'ok\n');
      case '/readyz':
        return ready() ? answer(response, 200, 'ok\n') : answer(response, 503, 'not ready\n');
      case '/metrics':
        registry.metrics().then(
          text => answer(response, 200, text, registry.contentType),
          () => answer(response, 500, 'metrics could not be collected\n'),
        );
        return;
      default:
        return answer(response, 404, 'the paths are /livez, /readyz and /metrics\n');
    }
  });
}

function answer(response: ServerResponse, code: number, body: string, type = 'text/plain'): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
