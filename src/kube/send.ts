import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { restAfter } from '../source/rest.ts';

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** The seconds after which the server asks for a retry (RFC 9110, Retry-After). */
  readonly retryAfter: number | undefined;
}

/** An answer was longer than its reader accepts; the rest was not received. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
}

const tooLong = (what: string, mostBytes: number): AnswerTooLong =>
  new AnswerTooLong(`the ${what} has more than ${mostBytes} bytes`);

/** How long a connection may be without a byte, in milliseconds. */
const SILENCE_MS = 30_000;
/** How long bytes may come without a whole line, in milliseconds: what keeps such a connection alive may no longer be a server. */
const MUTE_MS = 120_000;

/**
 * The most bytes of an answer, and of a line of one, where its reader sets no limit. etcd stores 1.5 MiB of an object, and JSON
 * makes six times as much of it by escapes, and some ten times by many fields. So only an answer without an end is longer.
 */
const MOST_BYTES = 32 * 1024 * 1024;

const isSuccess = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;
const requestFor = (url: string) => (url.startsWith('http:') ? httpRequest : httpsRequest);

/**
 * Sends one request and returns its answer, whatever that says.
 * @param mostBytes the most bytes of the answer's body
 * @throws AnswerTooLong, or the error of the connection
 */
export function send(
  url: string,
  options: RequestOptions,
  body: string | undefined,
  mostBytes = MOST_BYTES,
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
  /** Called when the answer begins, if it is a success. */
  readonly opened: () => void;
  readonly line: (line: Buffer) => void;
}

/** Lines of one piece that took longer than this contained a large object; somebody may be sending such ones all the time. */
const LONG_MS = 5;
const MOST_REST_MS = 5000;

/**
 * Sends one request and reads its answer line by line as it comes, such as a watch. Resolves once that ends, or once no line
 * has come for a while, as that is how a dead connection shows.
 * @returns the answer where it is no success; then no line was read
 * @throws the error of the connection
 */
export function sendForLines(
  url: string,
  options: RequestOptions,
  { opened, line }: LineHooks,
): Promise<HttpResponse | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse | undefined>();
  const giveUp = (): void => {
    resolve(undefined);
    sent.destroy();
  };
  const sent = requestFor(url)(url, options, response => {
    if (!isSuccess(response)) {
      collect(response).then(resolve, reject);
      return;
    }
    opened();
    readLines(response, line, giveUp);
    response.on('error', reject);
    response.on('close', () => resolve(undefined));
  });
  sent.setTimeout(SILENCE_MS, giveUp);
  sent.on('error', reject);
  sent.end();
  return promise;
}

/**
 * Reads the lines. An error that `line` throws ends the response as well.
 * @param mute called where no whole line comes any more
 */
function readLines(response: IncomingMessage, line: LineHooks['line'], mute: () => void): void {
  let heard = performance.now();
  const { take, end } = lineReader(text => {
    heard = performance.now();
    line(text);
  });
  const work = (done: () => void): void => {
    try {
      done();
    } catch (error) {
      // Nothing else would catch it.
      response.destroy(error as Error);
    }
  };
  response.on('data', chunk => {
    work(() => restAfterLong(response, () => take(chunk)));
    if (performance.now() - heard > MUTE_MS) mute();
  });
  response.on('end', () => work(end));
}

/**
 * Pauses after a large object. Whoever may change one makes its watchers read it each time. What comes meanwhile waits in the
 * connection; the API server tells a watcher that is too slow to begin anew.
 */
function restAfterLong(response: IncomingMessage, work: () => void): void {
  const began = performance.now();
  work();
  const took = performance.now() - began;
  if (took < LONG_MS) return;
  response.pause();
  setTimeout(() => response.resume(), Math.min(MOST_REST_MS, restAfter(took))).unref();
}

async function collect(response: IncomingMessage, mostBytes = MOST_BYTES): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > mostBytes) throw tooLong('answer', mostBytes);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    body: Buffer.concat(chunks),
    retryAfter: secondsIn(response.headers['retry-after']),
  };
}

const LINE_END = 10;

interface LineReader {
  /**
   * Takes bytes of lines, in pieces of any size.
   * @throws AnswerTooLong, and what `line` throws
   */
  take(chunk: Buffer): void;
  /** Called at the end of the answer: what is left is a line, too. */
  end(): void;
}

function lineReader(line: (line: Buffer) => void): LineReader {
  let begun: Buffer[] = [];
  let bytes = 0;
  const finish = (last: Buffer): void => {
    const whole = Buffer.concat([...begun, last]);
    begun = [];
    bytes = 0;
    line(whole);
  };
  return {
    take: chunk => {
      let from = 0;
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
        finish(chunk.subarray(from, end));
        from = end + 1;
      }
      bytes += chunk.length - from;
      if (bytes > MOST_BYTES) throw tooLong('line', MOST_BYTES);
      if (from < chunk.length) begun.push(chunk.subarray(from));
    },
    end: () => {
      if (bytes > 0) finish(Buffer.alloc(0));
    },
  };
}

/** The API server gives seconds; a date, which is allowed, too, counts as none. */
const secondsIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
