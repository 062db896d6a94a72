import type { RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMap } from '../source/mapping.ts';
import { KubeError, unreachable } from './error.ts';
import type { KubeObject } from './object.ts';
import { AnswerTooLong, type HttpResponse, type LineHooks, send, sendForLines } from './send.ts';

/** An API server, and how to log in to it. */
export interface Target {
  /** `https://host:port`, with a path where the API is below one. */
  readonly server: string;
  /** Adds credentials and trust. It is called before each request, since tokens expire. */
  readonly authorize: (options: RequestOptions) => Promise<void>;
}

export interface ApiCall {
  readonly method?: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  /** The path and the query. */
  readonly path: string;
  /** A JSON merge patch (RFC 7386). */
  readonly patch?: unknown;
  /** A whole object, which is sent unchanged. */
  readonly body?: unknown;
  /** Whether a list contains only the names and labels of its objects, which is a tenth of the bytes. */
  readonly metadataOnly?: boolean | undefined;
  /** The most bytes of the answer; a longer one is an AnswerTooLong. */
  readonly mostBytes?: number | undefined;
  /** The time for the whole answer. Without it, an answer may take as long as bytes keep coming. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Api {
  /** @returns the object that the API server answers with @throws KubeError; where the signal aborts, something else */
  (call: ApiCall): Promise<KubeObject>;
  /** The answer as it came, for a reader that takes a large one in parts, or one that is no object, such as a log. */
  bytes(call: ApiCall): Promise<Buffer>;
  /**
   * Reads each line of an answer that continues, such as a watch; resolves once it ends, or nothing has come for 30 s.
   * @throws as the call itself
   */
  lines(call: Pick<ApiCall, 'path' | 'signal'>, hooks: LineHooks): Promise<void>;
}

const JSON_TYPE = 'application/json';
const METADATA_TYPE = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PATCH_TYPE = 'application/merge-patch+json';

/** How often client-go tries (rest/with_retry.go); here, unlike there, each wait is bounded. */
const TRIES = 10;
/** The pause for a server that is too busy and yet asks for a retry at once. */
const SHORTEST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 10;

/**
 * Single calls to an API server. The generated clients of the client library are not used: they turn each object into instances
 * of classes, which takes most of the time for a list of thousands, and drop fields that they do not know.
 */
export function apiOf(target: Target): Api {
  const object = async (call: ApiCall): Promise<KubeObject> => {
    const answer = await answerTo(target, call);
    const read = parsed(answer.body);
    if (!read) throw refusal(answer, call);
    return read;
  };
  const bytes = async (call: ApiCall): Promise<Buffer> => (await answerTo(target, call)).body;
  const lines: Api['lines'] = async (call, hooks) => {
    const refused = await asked(target, call, (url, options) => sendForLines(url, options, hooks));
    if (refused) throw refusal(refused, call);
  };
  return Object.assign(object, { bytes, lines });
}

/** If the server is too busy for a read and says when to retry, the call is repeated a few times. */
async function answerTo(target: Target, call: ApiCall): Promise<HttpResponse> {
  const { timeoutMs = Number.POSITIVE_INFINITY, signal } = call;
  const end = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    const answer = await ask(target, call, end);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const wait = tries < TRIES ? pauseAfter(answer, call) : undefined;
    if (wait === undefined || performance.now() + wait > end) throw refusal(answer, call);
    await sleep(wait, undefined, signal && { signal });
  }
}

/** The pause before a retry. A write is not retried, as it may have been carried out. */
const pauseAfter = (answer: HttpResponse, { method = 'GET' }: ApiCall): number | undefined =>
  method === 'GET' ? retryMs(answer) : undefined;

/** The time after which a server that is too busy asks for a retry. */
function retryMs({ status, retryAfter }: HttpResponse): number | undefined {
  const busy = status === 429 || status >= 500;
  if (!busy || retryAfter === undefined) return undefined;
  return Math.max(SHORTEST_WAIT_SECONDS, Math.min(retryAfter, LONGEST_WAIT_SECONDS)) * 1000;
}

function ask(target: Target, call: ApiCall, end: number): Promise<HttpResponse> {
  const { timeoutMs, mostBytes } = call;
  const left = Math.max(0, Math.ceil(end - performance.now()));
  const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(left);
  return asked(target, call, (url, options, body) => send(url, options, body, mostBytes), limit);
}

async function asked<T>(
  { server, authorize }: Target,
  call: ApiCall,
  sendTo: (url: string, options: RequestOptions, body: string | undefined) => Promise<T>,
  limit?: AbortSignal,
): Promise<T> {
  const { path, timeoutMs, signal } = call;
  if (!isAsked(path)) throw new KubeError(`${JSON.stringify(path)} is not what would be asked for`);
  const { options, body } = requestOf(call);
  options.signal = AbortSignal.any([limit, signal].filter(one => one !== undefined));
  try {
    await authorize(options);
    return await sendTo(`${server.replace(/\/+$/, '')}${path}`, options, body);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AnswerTooLong) throw error;
    const why = limit?.aborted ? new Error(`no answer within ${(timeoutMs ?? 0) / 1000} s`) : error;
    throw unreachable(server, nameOf(call), why);
  }
}

/**
 * Whether a path names what was meant. A name in it may come from anywhere: `.` and `..` are not changed by encoding, and are
 * resolved in every URL (https://url.spec.whatwg.org/#path-state), and an empty name leaves the path of the collection. So a
 * single object would become all of a kind, or another kind.
 */
function isAsked(path: string): boolean {
  const [asked = ''] = path.split('?');
  return new URL(path, 'http://any').pathname === asked && !/\/(\/|$)/.test(asked);
}

function requestOf({ method = 'GET', patch, body: object = patch, metadataOnly }: ApiCall) {
  const headers = { accept: metadataOnly ? METADATA_TYPE : JSON_TYPE, 'user-agent': 'cofferdam' };
  const options: RequestOptions = { method, headers };
  if (object === undefined) return { options, body: undefined };
  options.headers = { ...headers, 'content-type': patch === undefined ? JSON_TYPE : PATCH_TYPE };
  return { options, body: JSON.stringify(object) };
}

const nameOf = ({ method = 'GET', path }: ApiCall): string => `${method} ${path.split('?')[0]}`;

/** A proxy in front of the API server may answer with something other than a Status object. */
function refusal(answer: HttpResponse, call: ApiCall): KubeError {
  const { status, body } = answer;
  const request = nameOf(call);
  const { message, metadata } = parsed(body) ?? { message: undefined };
  const said = typeof message === 'string' && message !== '' ? message : undefined;
  const resume = isMap(metadata) && typeof metadata.continue === 'string' ? metadata.continue : '';
  const what = said ?? `the API server answered ${status} to ${request}`;
  return new KubeError(what, {
    status,
    request,
    resume: resume === '' ? undefined : resume,
    retryMs: retryMs(answer),
  });
}

function parsed(body: Buffer): KubeObject | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
