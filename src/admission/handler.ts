import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Mode } from '../pod/mode.ts';
import type { JudgeDeps } from './ask.ts';
import { type BodyLimits, type Intake, outOfBounds, readBody, type ShapeLimits } from './body.ts';
import { judge, unreadable } from './judge.ts';
import type { Judgement, Path } from './judgement.ts';
import { type Logger, logFields } from './log.ts';
import type { Metrics } from './metrics.ts';
import { envelope } from './respond.ts';
import { namespaceIn, uidOf } from './review.ts';

export interface HandlerDeps extends JudgeDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: Limits;
  /**
   * Has a namespace looked up that the view does not know, so that the view knows it when this resolves. Left out where
   * the view is not of a live cluster.
   */
  readonly findNamespace?: ((name: string) => Promise<unknown>) | undefined;
  /** False until there is something to judge against. Left out where that is always so. */
  readonly ready?: (() => boolean) | undefined;
  /** True once the server is being stopped: callers are told to connect elsewhere. */
  readonly draining: () => boolean;
}

export interface Limits extends BodyLimits, ShapeLimits {
  /** For a whole request, head and body. */
  readonly requestMs: number;
  /** Open at once. */
  readonly connections: number;
}

/**
 * The API server takes objects of 3 MiB (apiserver pkg/server/config.go `MaxRequestBodyBytes`); an update carries two,
 * and an envelope. A larger body is answered 413, which the API server takes for a failed call: where the registration
 * says `failurePolicy: Ignore`, it passes unjudged here, and the guard alone judges it. Kubernetes' own types nest some
 * 20 levels deep, and a Pod of a hundred containers with a hundred variables each has some 20,000 values. What is held,
 * and 60 KiB for each connection, has to fit into the chart's memory limit beside what a judgement takes.
 */
export const LIMITS: Limits = {
  bodyBytes: 6 * 1024 * 1024 + 64 * 1024,
  heldBytes: 16 * 1024 * 1024,
  depth: 100,
  items: 100_000,
  requestMs: 10_000,
  connections: 1000,
};

/** What goes over the wire. */
interface Answer {
  /** 200 wherever the caller's uid could be echoed: the API server reads the body of no other. */
  readonly code: number;
  readonly judgement: Judgement;
}

/** Rejects only where an answer cannot be given, or accounted for. */
export type ReviewHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers the POSTs of one path, such as `/mutate/enforce`. */
export function reviewHandler(path: Path, mode: Mode, deps: HandlerDeps, intake: Intake): ReviewHandler {
  return async (request, response) => {
    const start = performance.now();
    const received = receive(request, response, deps.limits, intake);
    const answer = await answerTo(received, path, mode, deps);
    // Nobody is left to answer.
    if (!answer) return;
    send(response, answer, deps.draining());
    const milliseconds = performance.now() - start;
    deps.metrics.judged(answer.judgement, path, mode, milliseconds / 1000);
    deps.log.decision(logFields(answer.judgement, path, mode, milliseconds));
  };
}

/** The only try/catch on a request's way. Undefined when the caller has gone. */
async function answerTo(
  received: Promise<Received>,
  path: Path,
  mode: Mode,
  deps: HandlerDeps,
): Promise<Answer | undefined> {
  let review: unknown;
  try {
    const body = await received;
    if (!body) return undefined;
    if ('problem' in body) return { code: body.code, judgement: unreadable('', mode, body.problem) };
    // Without the cluster's own policies a verdict could be too loose: the failurePolicy decides, as without an answer.
    if (deps.ready && !deps.ready()) {
      return { code: UNAVAILABLE, judgement: unreadable('', mode, 'the cluster was not listed yet') };
    }
    review = JSON.parse(body.json);
    if (body.bounds === undefined) await knowNamespace(namespaceIn(review), mode, deps);
    const judgement =
      body.bounds === undefined
        ? judge(review, path, mode, deps)
        : unreadable(uidOf(review) ?? '', mode, `the body ${body.bounds}`);
    return { code: judgement.response.uid === '' ? 400 : 200, judgement };
  } catch (error) {
    if (review === undefined && error instanceof SyntaxError) {
      return { code: 400, judgement: unreadable('', mode, 'the body is not JSON') };
    }
    // A bug of ours: it lets no Pod through where Pods are refused, and the caller learns nothing of how we are built.
    deps.log.error({ err: error, path, mode }, 'a request could not be judged');
    const uid = uidOf(review) ?? '';
    const judgement = unreadable(uid, mode, 'internal error; the log of cofferdam says more');
    return { code: uid === '' ? 500 : 200, judgement };
  }
}

/** The only wait for anything but the request itself. What stays unknown fails closed in the decision. */
async function knowNamespace(
  name: string,
  mode: Mode,
  { current, findNamespace }: HandlerDeps,
): Promise<void> {
  if (!findNamespace || mode === 'off' || name === '' || current().view.namespace(name)) return;
  await findNamespace(name);
}

/** Later it may be otherwise. */
const BUSY = 429;
const UNAVAILABLE = 503;

type Received =
  // What is out of bounds is parsed all the same, which anything can be, for the uid that makes the answer count.
  | { readonly json: string; readonly bounds: string | undefined }
  | { readonly code: number; readonly problem: string }
  | undefined;

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
  intake: Intake,
): Promise<Received> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return { code: 415, problem: 'the content type is not application/json' };
  }
  if (encoding !== 'identity') return { code: 415, problem: 'the content is encoded' };
  const body = await readBody(request, response, limits, intake);
  if (body === 'aborted') return undefined;
  if (body === 'too-large') return { code: 413, problem: `the body has more than ${limits.bodyBytes} bytes` };
  if (body === 'busy') return { code: BUSY, problem: 'too many large bodies wait to be judged' };
  if (body.length === 0) return { code: 400, problem: 'the body is empty' };
  return { json: body.toString('utf8'), bounds: outOfBounds(body, limits) };
}

/**
 * Not `response.json`, which would make an ETag that nobody asks for. A string, so that head and body are one write and
 * one TLS record.
 */
function send(response: ServerResponse, { code, judgement }: Answer, draining: boolean): void {
  const body = envelope(judgement.response);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...((draining || code === BUSY) && { connection: 'close' }),
    // The client of the API server then asks once more, while its timeout lasts (client-go rest/with_retry.go).
    ...(code === BUSY && { 'retry-after': '1' }),
  });
  response.end(body);
}
