import { Agent, request } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** Creates objects over many connections at once. */
export interface Writer {
  /** @throws Error with what the API server says */
  post(path: string, object: object): Promise<void>;
  close(): void;
}

/** Writes to the API server of KUBECONFIG. */
export async function startWriter(connections: number): Promise<Writer> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const credentials: Record<string, unknown> = {};
  await config.applyToHTTPSOptions(credentials);
  const { ca, cert, key } = credentials as Record<'ca' | 'cert' | 'key', Buffer>;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca, cert, key });
  const server = config.getCurrentCluster()?.server ?? '';
  return {
    close: () => agent.destroy(),
    post: (path, object) =>
      new Promise((resolve, reject) => {
        const options = { method: 'POST', agent, headers: { 'content-type': 'application/json' } };
        request(`${server}${path}`, options, response => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', chunk => {
            text += chunk;
          });
          response.on('end', () =>
            response.statusCode === 201 ? resolve() : reject(new Error(`${path}: ${text.slice(0, 300)}`)),
          );
        })
          .on('error', reject)
          .end(JSON.stringify(object));
      }),
  };
}
