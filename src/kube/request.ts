import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from './error.ts';

/** An API server and how to be let in. */
export interface Target {
  readonly context: string;
  /** `https://host:port`, with a path where the API lies below one. */
  readonly server: string;
  /** Adds credentials and trust; asked before each request, since tokens run out. */
  readonly authorize: (options: RequestOptions) => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds after which the server asks to be asked again (RFC 9110, Retry-After). */
  readonly retryAfter: number | undefined;
}

/** Milliseconds without a byte. */
const PATIENCE = 30_000;

/** As client-go has it (rest/with_retry.go); each wait is bounded here, as it is not there. */
const TRIES = 10;
const LONGEST_WAIT = 10;

/**
 * One GET; where the server is too busy and says when to come back, a few more. Not the generated clients of the client library: they turn each object into classes, which takes most of the
 * time of a list of thousands, and drop what they do not know.
 * @throws KubeError when there is no answer
 */
export async function get(target: Target, path: string, accept: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await getOnce(target, path, accept);
    const { status, retryAfter } = answer;
    const busy = status === 429 || status >= 500;
    if (!busy || retryAfter === undefined || tries === TRIES) return answer;
    await sleep(Math.min(retryAfter, LONGEST_WAIT) * 1000);
  }
}

async function getOnce(target: Target, path: string, accept: string): Promise<Answer> {
  const options: RequestOptions = { headers: { Accept: accept, 'User-Agent': 'cofferdam' } };
  try {
    await target.authorize(options);
    return await send(`${target.server.replace(/\/+$/, '')}${path}`, options);
  } catch (error) {
    throw unreachable(target.server, error);
  }
}

function send(url: string, options: RequestOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = url.startsWith('http:') ? httpRequest : httpsRequest;
  const sent = request(url, options, response => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString('utf8'),
        retryAfter: secondsIn(response.headers['retry-after']),
      }),
    );
  });
  sent.setTimeout(PATIENCE, () => sent.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
  sent.on('error', reject);
  sent.end();
  return promise;
}

/** The API server gives seconds; a date, which is allowed too, is taken for none. */
const secondsIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
