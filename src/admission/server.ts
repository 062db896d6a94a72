import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { type HandlerDeps, type ReviewHandler, reviewHandler } from './handler.ts';
import { MODES, modeOf } from './mode.ts';
import { statusBody } from './respond.ts';
import { trackUnused } from './shutdown.ts';

/** PEM. With `ca`, only callers that show a certificate of it are served. */
export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
}

/** As the server wants it, at its start and at every reload. */
export const secureOptions = ({ cert, key, ca }: TlsPair): ServerOptions => ({
  cert,
  key,
  ...(ca && { ca }),
  minVersion: 'TLSv1.2',
});

/**
 * The HTTPS server of the webhook, not yet listening. HTTP/1.1: express 5 cannot speak HTTP/2, and the API server is
 * content with what TLS offers it.
 */
export function createWebhook(deps: HandlerDeps, tls: TlsPair): Server {
  const { requestMs } = deps.limits;
  const server = createServer(
    {
      ...secureOptions(tls),
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: true,
      handshakeTimeout: requestMs,
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      // How often slow requests are looked for; the default of 30 s would make the limits above mean little.
      connectionsCheckingInterval: Math.ceil(requestMs / 10),
      // Above the 90 s after which the API server drops an idle connection (net/http Transport.IdleConnTimeout), so
      // that it never sends into one that is just being closed here.
      keepAliveTimeout: 100_000,
      maxHeaderSize: 16 * 1024,
    },
    createApp(deps),
  );
  trackUnused(server);
  server.on('clientError', answerBrokenRequest);
  server.on('tlsClientError', error => deps.log.debug({ problem: error.message }, 'a TLS handshake failed'));
  return server;
}

function createApp(deps: HandlerDeps): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(knownPaths(deps));
  for (const path of PATHS) {
    app.post(`/${path}/:mode`, (request, response) =>
      reviewHandler(path, modeOf(request.params.mode), deps)(request, response),
    );
    app.all(`/${path}/:mode`, (_request, response) => {
      response.setHeader('allow', 'POST');
      refuse(response, 405, 'MethodNotAllowed', 'AdmissionReviews are sent by POST');
    });
  }
  app.use((_request: Request, response: Response) => {
    refuse(response, 404, 'NotFound', 'the paths are /mutate/MODE and /validate/MODE');
  });
  // express knows an error handler by its four parameters. What comes here is a path that cannot be decoded.
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    refuse(response, 400, 'BadRequest', 'the request cannot be read');
  });
  return app;
}

const PATHS = ['mutate', 'validate'] as const;

/** What the API server sends is looked up: matching patterns, and decoding what they match, costs a twentieth of it all. */
function knownPaths(deps: HandlerDeps): RequestHandler {
  const handlers = new Map<string, ReviewHandler>(
    PATHS.flatMap(path => MODES.map(mode => [`/${path}/${mode}`, reviewHandler(path, mode, deps)] as const)),
  );
  return (request, response, next) => {
    const handler = request.method === 'POST' ? handlers.get(request.path) : undefined;
    return handler ? handler(request, response) : next();
  };
}

function refuse(response: Response, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(statusBody(code, reason, message));
}

const BROKEN: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

/** What is not HTTP, or comes too slowly, never reaches express. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket | NodeJS.WritableStream): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    (socket as Socket).destroy();
    return;
  }
  const [code, phrase] = BROKEN[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = statusBody(code, phrase.replaceAll(' ', ''), 'the request cannot be read');
  socket.end(
    `HTTP/1.1 ${code} ${phrase}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
