import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import express, { type NextFunction, type Request, type Response } from 'express';
import { MODES, type Mode, modeOf } from '../pod/mode.ts';
import { TRACKABLE, trackConnections } from './connections.ts';
import { groups } from './groups.ts';
import { type HandlerDeps, type ReviewHandler, reviewHandler, type Shared } from './handler.ts';
import { Intake, TICK_MS } from './intake.ts';
import type { Path } from './judgement.ts';
import { statusBody } from './respond.ts';
import { turns } from './turns.ts';

/** PEM. With `ca`, only callers that show a certificate of it are served, or with `strangers` these before others. */
export interface TlsPair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
  readonly strangers?: boolean;
}

/**
 * The settings of TLS, at the start of the server and at every reload. TLS 1.3 is off: its clients can have keys made anew as
 * often as they like (KeyUpdate, RFC 8446 section 4.6.3), at 27 bytes each, and nothing here learns of it. OpenSSL sets no
 * bound, as Go's crypto/tls (`maxUselessRecords`) and BoringSSL (`kMaxKeyUpdates`) do, and 270 kB/s of it held the event loop
 * for ten seconds at a time. TLS 1.2 has nothing of the kind once renegotiation is off, and every API server speaks it.
 *
 * Only the curves for which OpenSSL has fast code are on, with which all versions of Go's crypto/tls begin: for a client that
 * knows P-521 alone, a key is made with each hello of 200 bytes that it sends, which takes 3 ms, where X25519 takes 0.05. Where
 * clients are asked for a certificate, OpenSSL takes none whose key is on another curve (`tls12_check_peer_sigalg`), so all
 * that API servers may have been given are on there, and come last; `Handshakes` bounds what they take together.
 */
export const secureOptions = ({ cert, key, ca }: TlsPair): ServerOptions => ({
  cert,
  key,
  ...(ca && { ca }),
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
  ecdhCurve: ca ? 'X25519:P-256:P-384:P-521' : 'X25519:P-256',
});

/**
 * The HTTPS server of the webhook, which does not listen yet. It speaks HTTP/1.1: express 5 cannot speak HTTP/2, and the API
 * server accepts what TLS offers it.
 */
export function createWebhook(given: Omit<HandlerDeps, 'knowing'>, tls: TlsPair): Server {
  const deps: HandlerDeps = { ...given, knowing: tls.ca !== undefined };
  const { requestMs, handshakeMs } = deps.limits;
  const intake = new Intake(deps.limits);
  const server = createServer({
    ...TRACKABLE,
    ...secureOptions(tls),
    requestCert: tls.ca !== undefined,
    rejectUnauthorized: !tls.strangers,
    handshakeTimeout: handshakeMs,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    // How often slow requests are looked for; the default of 30 s would make the limits above mean little.
    connectionsCheckingInterval: Math.ceil(requestMs / 10),
    // Above the 90 s after which the API server drops an idle connection (net/http Transport.IdleConnTimeout), so
    // that it never sends into one that is just being closed here.
    keepAliveTimeout: 100_000,
    maxHeaderSize: 16 * 1024,
  });
  const stopTicking = startTicking(intake);
  server.once('close', stopTicking);
  const listener = listenerFor(deps, {
    intake,
    turn: { large: turns(), stranger: turns(), group: groups() },
  });
  trackConnections(server, deps.limits, listener, deps.knowing);
  server.on('clientError', answerBrokenRequest);
  server.on('tlsClientError', error => deps.log.debug({ problem: error.message }, 'a TLS handshake failed'));
  return server;
}

/** @returns a function that ends it */
function startTicking(intake: Intake): () => void {
  let before = performance.eventLoopUtilization();
  const tick = (): void => {
    const now = performance.eventLoopUtilization();
    intake.tick(performance.eventLoopUtilization(now, before).utilization < 0.5);
    before = now;
  };
  const timer = setInterval(tick, TICK_MS).unref();
  return () => clearInterval(timer);
}

function listenerFor(deps: HandlerDeps, shared: Shared): RequestListener {
  const reviewsOf: ReviewsOf = (path, mode) => reviews(reviewHandler(path, mode, deps, shared), deps);
  return shortcut(reviewsOf, createApp(reviewsOf));
}

type ReviewsOf = (path: Path, mode: Mode) => RequestListener;

function createApp(reviewsOf: ReviewsOf): express.Express {
  const app = express();
  app.disable('x-powered-by');
  for (const path of PATHS) {
    app.post(`/${path}/:mode`, (request, response) =>
      reviewsOf(path, modeOf(request.params.mode))(request, response),
    );
    app.all(`/${path}/:mode`, (_request, response) => {
      response.setHeader('allow', 'POST');
      refuse(response, 405, 'MethodNotAllowed', 'AdmissionReviews are sent by POST');
    });
  }
  app.use((_request: Request, response: Response) => {
    refuse(response, 404, 'NotFound', 'the paths are /mutate/MODE and /validate/MODE');
  });
  // express recognizes an error handler by its four parameters. This one is for paths that cannot be decoded.
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    refuse(response, 400, 'BadRequest', 'the request cannot be read');
  });
  return app;
}

const PATHS = ['mutate', 'validate'] as const;

/**
 * The way around express: the ten paths that the API server calls are looked up in a map and answered.
 *
 * Why: what express does before a handler is called (a path matched and decoded, other prototypes for request and response)
 * costs a tenth of a request, on each Pod that is created.
 *
 * Why express all the same: everything else that a client may send, such as another method, a slash at the end, or a path that
 * cannot be decoded, is matched and refused by it. None of that is on anybody's hot path.
 *
 * Both lead to the same `reviewsOf`, which works with what Node hands out and with nothing of express. So a handler that is
 * added to `createApp` is met by no review, and what all reviews need belongs in `reviewHandler`.
 */
function shortcut(reviewsOf: ReviewsOf, app: RequestListener): RequestListener {
  const known = new Map<string, RequestListener>(
    PATHS.flatMap(path => MODES.map(mode => [`/${path}/${mode}`, reviewsOf(path, mode)] as const)),
  );
  return (request, response) => {
    // The API server adds its timeout: `?timeout=10s`.
    const path = request.url?.split('?', 1)[0] ?? '';
    const listener = request.method === 'POST' ? known.get(path) : undefined;
    (listener ?? app)(request, response);
  };
}

/** Answers whatever happens: an unhandled rejection would end the process. */
function reviews(handle: ReviewHandler, { log }: HandlerDeps): RequestListener {
  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, 'a request could not be answered');
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'InternalError', 'the log of cofferdam says more');
    });
  };
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(statusBody(code, reason, message));
}

const BROKEN: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

/** How long a client that is answered below may take to hang up, in milliseconds. */
const LINGER_MS = 1000;

/**
 * Answers what is not HTTP or TLS, or comes too slowly, and so never reaches express. Node leaves it to us to close the
 * connection.
 */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || error.code?.startsWith('ERR_TLS_') || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, phrase] = BROKEN[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = statusBody(code, phrase.replaceAll(' ', ''), 'the request cannot be read');
  socket.end(
    `HTTP/1.1 ${code} ${phrase}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
