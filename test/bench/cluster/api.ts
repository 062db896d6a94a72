import { Agent, request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The milliseconds from the call until the last byte has arrived. */
  readonly ms: number;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The content type of a strategic merge patch. */
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const MERGE = 'application/merge-patch+json';
export const APPLY = 'application/apply-patch+yaml'; // JSON is YAML

/** How long the API server itself gives a request. */
const PATIENCE_MS = 60_000;

/** The API server of KUBECONFIG over connections that stay open, as the kubeconfig's user. */
export interface Api {
  ask(method: Method, path: string, body?: string, contentType?: string): Promise<Answer>;
  /**
   * Calls `ask` for a request that must succeed.
   * @throws Error with what the API server says
   */
  must(method: Method, path: string, body?: object, contentType?: string): Promise<Answer>;
  close(): void;
}

export async function connectApi(): Promise<Api> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const credentials: Record<string, unknown> = {};
  await config.applyToHTTPSOptions(credentials);
  const { ca, cert, key } = credentials as Record<'ca' | 'cert' | 'key', Buffer>;
  const agent = new Agent({ keepAlive: true, ca, cert, key });
  const server = config.getCurrentCluster()?.server ?? '';
  const ask: Api['ask'] = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const begin = performance.now();
      const headers =
        body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
      request(`${server}${path}`, { agent, method, headers, timeout: PATIENCE_MS }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const ms = performance.now() - begin;
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), ms });
        });
      })
        .on('error', reject)
        .on('timeout', () => reject(new Error(`${method} ${path}: no answer in ${PATIENCE_MS} ms`)))
        .end(body);
    });
  const must: Api['must'] = async (method, path, body, contentType) => {
    const answer = await ask(method, path, body && JSON.stringify(body), contentType);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer;
  };
  return { ask, must, close: () => agent.destroy() };
}
