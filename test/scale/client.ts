import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** Writes to the API server of a kubeconfig, many requests at once. */
export interface Writer {
  /** @throws Error with what the API server says */
  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown>;
  close(): void;
}

export async function writerTo(kubeconfig: string, connections: number): Promise<Writer> {
  const config = new KubeConfig();
  config.loadFromString(readFileSync(kubeconfig, 'utf8'));
  const credentials: Record<string, unknown> = {};
  await config.applyToHTTPSOptions(credentials);
  const { ca, cert, key } = credentials as Record<'ca' | 'cert' | 'key', Buffer>;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca, cert, key });
  const server = config.getCurrentCluster()?.server ?? '';
  return {
    close: () => agent.destroy(),
    send: (method, path, body) =>
      new Promise((resolve, reject) => {
        const headers = { accept: 'application/json', 'content-type': 'application/json' };
        const sent = request(`${server}${path}`, { method, agent, headers }, response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', chunk => {
            text += chunk;
          });
          response.on('end', () => {
            if ((response.statusCode ?? 0) < 300) resolve(method === 'GET' ? JSON.parse(text) : undefined);
            else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
          });
        });
        sent.on('error', reject);
        sent.end(body && JSON.stringify(body));
      }),
  };
}
