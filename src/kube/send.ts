import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { restAfter } from '../source/rest.ts';

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** Seconds after which the server asks to be asked again (RFC 9110, Retry-After). */
  readonly retryAfter: number | undefined;
}

/** An answer was longer than its reader takes; the rest was not received. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
}

/** Milliseconds without a byte. */
const SILENCE_MS = 30_000;

const isSuccess = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;
const requestFor = (url: string) => (url.startsWith('http:') ? httpRequest : httpsRequest);

/**
 * One request and its answer, whatever that says.
 * @param mostBytes that the answer's body may have
 * @throws AnswerTooLong, or the error of the connection
 */
export function send(
  url: string,
  options: RequestOptions,
  body: string | undefined,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const sent = requestFor(url)(url, options, response => {
    collect(response, mostBytes).then(resolve, reject);
  });
  sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no answer within ${SILENCE_MS / 1000} s`)));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

export interface LineHooks {
  /** The answer has begun, with success. */
  readonly opened: () => void;
  readonly line: (line: Buffer) => void;
}

/** What took longer for the lines of one piece was a large object: for as long as that can be done, it is done again. */
const LONG_MS = 5;
const MOST_REST_MS = 5000;

/**
 * One request whose answer is read line by line as it comes, such as a watch. Resolves once that ends, also where nothing
 * has come for a while: a connection that died without a word is found by its silence.
 * @returns the answer where it is no success; then no line was read
 * @throws the error of the connection
 */
export function sendForLines(
  url: string,
  options: RequestOptions,
  { opened, line }: LineHooks,
): Promise<HttpResponse | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse | undefined>();
  const sent = requestFor(url)(url, options, response => {
    if (!isSuccess(response)) {
      collect(response).then(resolve, reject);
      return;
    }
    opened();
    const read = lineReader(line);
    response.on('data', chunk => restAfterLong(response, () => read(chunk)));
    response.on('error', reject);
    response.on('close', () => resolve(undefined));
  });
  sent.setTimeout(SILENCE_MS, () => {
    resolve(undefined);
    sent.destroy();
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}

/**
 * Whoever may change a large object has its watchers read it as often as he does. What waits meanwhile, waits in the
 * connection; who is too slow for the API server is told to begin anew.
 */
function restAfterLong(response: IncomingMessage, work: () => void): void {
  const began = performance.now();
  work();
  const took = performance.now() - began;
  if (took < LONG_MS) return;
  response.pause();
  setTimeout(() => response.resume(), Math.min(MOST_REST_MS, restAfter(took))).unref();
}

async function collect(
  response: IncomingMessage,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > mostBytes) throw new AnswerTooLong(`the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks),
    retryAfter: secondsIn(response.headers['retry-after']),
  };
}

const LINE_END = 10;

/** @returns what takes the bytes of lines, in whatever pieces they come */
function lineReader(line: (line: Buffer) => void): (chunk: Buffer) => void {
  let begun: Buffer[] = [];
  return chunk => {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      line(Buffer.concat([...begun, chunk.subarray(from, end)]));
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  };
}

/** The API server gives seconds; a date, which is allowed too, is taken for none. */
const secondsIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
