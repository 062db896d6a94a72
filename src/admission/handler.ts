import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log/logger.ts';
import type { Mode } from '../pod/mode.ts';
import type { JudgeDeps } from './ask.ts';
import { type BodyLimits, BUSY, headOf, type Refusal, readBody, type WholeBody } from './body.ts';
import { type Caller, callerOf } from './caller.ts';
import type { ConnectionLimits } from './connections.ts';
import type { Intake } from './intake.ts';
import { judge, judgeHead, unreadable } from './judge.ts';
import type { Judgement, Path } from './judgement.ts';
import { logFields } from './log-fields.ts';
import type { Metrics } from './metrics.ts';
import { envelope, withHelp } from './respond.ts';
import { namespaceIn } from './review.ts';

export interface HandlerDeps extends JudgeDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: Limits;
  /**
   * Looks up a namespace that the view does not know; once this resolves, the view knows it. Left out where the view is not of
   * a live cluster.
   */
  readonly findNamespace?: ((name: string) => Promise<unknown>) | undefined;
  /** False until there is something to judge against. Left out where there always is. */
  readonly ready?: (() => boolean) | undefined;
  /** Whether callers are asked for a certificate, so that a request without one is a stranger's. */
  readonly knowing: boolean;
  /** True once the server is being stopped: callers are told to connect elsewhere. */
  readonly draining: () => boolean;
  /** What each refusal ends with: the installation's own words, one line. Empty for none. */
  readonly help: string;
}

export interface Limits extends BodyLimits, ConnectionLimits {
  /** The time for a whole request, head and body. */
  readonly requestMs: number;
  /** The time to agree on TLS. */
  readonly handshakeMs: number;
}

/**
 * The API server takes objects of 3 MiB (apiserver pkg/server/config.go `MaxRequestBodyBytes`), and etcd stores 1.5 MiB
 * (`--max-request-bytes`); an update carries two, and an envelope. In a review each byte of them may be an escape of six,
 * which is why more may be sent than is held. What is larger all the same is answered by its head. Kubernetes' own types
 * nest some 20 levels deep, and a Pod of a hundred containers with a hundred variables each has some 20,000 values. What
 * is held, and 60 KiB for each connection, has to fit into the chart's memory limit beside what a judgement takes. Three API
 * servers that each write as many objects as they can at once have 600 connections.
 *
 * An API server is one address, and so are several behind a node that translates addresses, or konnectivity. It writes 200
 * objects at once (`--max-mutating-requests-inflight`), with one call each: half as many again of connections, and bodies of
 * 20 KiB each, do not count against an address.
 *
 * Those that have not asked anything yet have room for as many, and no more: each takes up to 250 KiB while TLS is being
 * agreed on. OpenSSL makes room for a ClientHello of 128 KiB, and for certificates of 100 KiB, when they are announced, and
 * Node keeps what came of them. Go's ClientHello has 0.3 KiB, and 1.6 with a key share of X25519MLKEM768; a client's
 * certificates have a few.
 */
export const LIMITS: Limits = {
  bodyBytes: 6 * 1024 * 1024 + 64 * 1024,
  sentBytes: 6 * (6 * 1024 * 1024 + 64 * 1024),
  heldBytes: 12 * 1024 * 1024,
  ordinaryBytes: 256 * 1024,
  peerBytes: 4 * 1024 * 1024,
  depth: 100,
  items: 100_000,
  requestMs: 10_000,
  handshakeMs: 2000,
  connections: 600,
  unaskedPart: 0.5,
  peerConnections: 300,
  handshakeBytes: 20 * 1024,
  unreadBytes: 4 * 1024 * 1024,
};

/** What goes over the wire. */
interface HttpAnswer {
  /** 200 wherever the caller's uid could be echoed: the API server reads the body of no other. */
  readonly code: number;
  readonly judgement: Judgement;
}

/** Rejects only where an answer cannot be given, or accounted for. */
export type ReviewHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers the POST requests of one path, such as `/mutate/enforce`. */
export function reviewHandler(
  path: Path,
  mode: Mode,
  deps: HandlerDeps,
  { intake, turn }: Shared,
): ReviewHandler {
  return async (request, response) => {
    const start = performance.now();
    const caller = callerOf(request.socket, deps.knowing);
    const received = receive(request, response, deps.limits, { intake, caller });
    const answer = await answerTo(received, { path, mode, caller, turn }, deps);
    // The caller has gone, so nobody is left to answer.
    if (!answer) return;
    // The rest of a body that was not read to its end would be taken for the next request.
    send(response, answer, { last: deps.draining() || !request.complete, help: deps.help });
    const milliseconds = performance.now() - start;
    const isStranger = caller.standing === 'stranger';
    if (isStranger) deps.metrics.stranger(path, mode);
    else deps.metrics.judged(answer.judgement, path, mode, milliseconds / 1000);
    const fields = logFields(answer.judgement, path, mode, milliseconds);
    deps.log.decision(isStranger ? { caller: 'stranger', ...fields } : fields);
  };
}

/** What the handlers of all paths share. */
export interface Shared {
  readonly intake: Intake;
  readonly turn: Turns;
}

/**
 * Large bodies wait for their turn, so that others need not wait for them, and strangers for theirs. Small ones, as most Pods
 * have, are judged in groups.
 */
interface Turns {
  readonly large: () => Promise<void>;
  readonly group: () => Promise<void>;
  readonly stranger: () => Promise<void>;
}

/** The path and mode that a request is sent to, and who sends it. */
interface Asked {
  readonly path: Path;
  readonly mode: Mode;
  readonly caller: Caller;
  readonly turn: Turns;
}

/** Holds the only try/catch on a request's way. Undefined when the caller has gone. */
async function answerTo(
  received: Promise<WholeBody | undefined>,
  asked: Asked,
  deps: HandlerDeps,
): Promise<HttpAnswer | undefined> {
  const { path, mode } = asked;
  let body: WholeBody | undefined;
  try {
    body = await received;
    if (!body) return undefined;
    if (asked.caller.standing === 'stranger') await asked.turn.stranger();
    else if (body.isLarge) await asked.turn.large();
    else if (body.isSmall) await asked.turn.group();
    // Until the cluster's own policies are known, a verdict could be too loose: the failurePolicy decides, as if there were no
    // answer.
    if (deps.ready && !deps.ready()) {
      return { code: UNAVAILABLE, judgement: unreadable('', mode, 'the cluster was not listed yet') };
    }
    return await judgeBody(body, asked, deps);
  } catch (error) {
    const read = body?.read();
    const head = read && ('json' in read ? headOf(read.json) : read.head);
    if (error instanceof NoJson) return answerHead(head, mode, NO_JSON);
    // This is a bug of ours. It lets no Pod through where Pods are refused, and the caller learns nothing of how we are built.
    deps.log.error({ err: error, path, mode }, 'a request could not be judged');
    return answerHead(head, mode, { code: 500, problem: 'internal error; the log of cofferdam says more' });
  }
}

/** An answer counts where there is a uid to echo; where there is none, the HTTP code is all that there is. */
function answerHead(head: unknown, mode: Mode, { code, problem }: Refusal): HttpAnswer {
  const judgement = judgeHead(head, mode, { problem, busy: code === BUSY });
  const { uid, allowed } = judgement.response;
  // Where nothing is refused, the API server asks once more while its timeout lasts, and may then be told a class.
  const again = code === BUSY && allowed && judgement.verdict === 'unreadable';
  return { code: uid === '' || again ? code : 200, judgement };
}

/**
 * The only wait for something other than the request itself is for a namespace that is not known; one that stays unknown fails
 * closed in the decision. Meanwhile the review is kept as the text that was counted, not as the many objects that it makes.
 */
async function judgeBody(body: WholeBody, asked: Asked, deps: HandlerDeps): Promise<HttpAnswer> {
  const first = judgeNow(body, asked, deps, 'wait');
  if (!('unknown' in first)) return first;
  await deps.findNamespace?.(first.unknown);
  return judgeNow(body, asked, deps, 'judge');
}

function judgeNow(body: WholeBody, asked: Asked, deps: HandlerDeps, unknown: 'judge'): HttpAnswer;
function judgeNow(body: WholeBody, asked: Asked, deps: HandlerDeps, unknown: 'wait'): HttpAnswer | Unknown;
function judgeNow(
  body: WholeBody,
  { path, mode, caller }: Asked,
  deps: HandlerDeps,
  unknown: 'judge' | 'wait',
): HttpAnswer | Unknown {
  const read = body.read();
  if ('refusal' in read) return answerHead(read.head, mode, read.refusal);
  const review = parse(read.json);
  const namespace = namespaceIn(review);
  // No call is made for a stranger, who may make names up.
  const canAsk = unknown === 'wait' && deps.findNamespace && caller.standing !== 'stranger';
  if (canAsk && mode !== 'off' && namespace !== '' && !deps.current().view.namespace(namespace)) {
    return { unknown: namespace };
  }
  const judgement = judge(review, path, mode, deps);
  return { code: judgement.response.uid === '' ? 400 : 200, judgement };
}

/** The name of a namespace that is not known. */
interface Unknown {
  readonly unknown: string;
}

class NoJson extends Error {}
const NO_JSON: Refusal = { code: 400, problem: 'the body is not JSON' };

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    throw new NoJson();
  }
}

const UNAVAILABLE = 503;

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
  by: { readonly intake: Intake; readonly caller: Caller },
): Promise<WholeBody | undefined> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) return unread('the content type is not application/json');
  if (encoding !== 'identity') return unread('the content is encoded');
  return readBody(request, response, limits, by);
}

/** What no API server sends is not read at all. */
const unread = (problem: string): Promise<WholeBody> =>
  Promise.resolve({
    isLarge: false,
    isSmall: false,
    read: () => ({ refusal: { code: 415, problem }, head: undefined }),
  });

/**
 * Writes the answer. `response.json` would make an ETag that nobody asks for. The body is a string, so that head and body are
 * one write and one TLS record.
 */
function send(
  response: ServerResponse,
  { code, judgement }: HttpAnswer,
  { last, help }: { readonly last: boolean; readonly help: string },
): void {
  const body = envelope(withHelp(judgement.response, help));
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...((last || code === BUSY) && { connection: 'close' }),
    // The client of the API server then asks once more, while its timeout lasts (client-go rest/with_retry.go).
    ...(code === BUSY && { 'retry-after': '1' }),
  });
  response.end(body);
}
