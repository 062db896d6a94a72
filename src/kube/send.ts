import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Seconds after which the server asks to be asked again (RFC 9110, Retry-After). */
  readonly retryAfter: number | undefined;
}

/** Milliseconds without a byte. */
const PATIENCE = 30_000;

/** One request and its answer, whatever that says. @throws the error of the connection */
export function send(url: string, options: RequestOptions, body: string | undefined): Promise<Answer> {
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
  sent.end(body);
  return promise;
}

/** The API server gives seconds; a date, which is allowed too, is taken for none. */
const secondsIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
