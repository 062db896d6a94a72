import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
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
}

/** Milliseconds without a byte. */
const PATIENCE = 30_000;

/**
 * One GET. Not the generated clients of the client library: they turn each object into classes, which takes most of the
 * time of a list of thousands, and drop what they do not know.
 * @throws KubeError when there is no answer
 */
export async function get(target: Target, path: string, accept: string): Promise<Answer> {
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
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  sent.setTimeout(PATIENCE, () => sent.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
  sent.on('error', reject);
  sent.end();
  return promise;
}
