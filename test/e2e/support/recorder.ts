import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import type { AdmissionResponse } from '../../../src/admission/respond.ts';
import { HOST, TLS_CERT, TLS_KEY } from './settings.ts';

/** A review as the API server sent it, and the answer to it. */
export interface Recorded {
  /** `/mutate/enforce` and the like. */
  readonly path: string;
  readonly request: {
    readonly uid: string;
    readonly kind: { readonly kind: string };
    readonly namespace: string;
    readonly object: V1Pod;
  };
  readonly response: AdmissionResponse;
}

/** Stands between an API server and a webhook, passes on what each sends, and keeps it. */
export interface Recorder {
  readonly port: number;
  readonly recorded: readonly Recorded[];
  close(): void;
}

/** @param port where the webhook listens */
export async function startRecorder(port: number): Promise<Recorder> {
  const recorded: Recorded[] = [];
  const [key, cert] = [readFileSync(TLS_KEY), readFileSync(TLS_CERT)];
  const agent = new Agent({ ca: cert, keepAlive: true });
  const server = createServer({ key, cert }, async (incoming, outgoing) => {
    const path = incoming.url ?? '';
    try {
      const asked = await buffer(incoming);
      const { status, answer } = await ask({ port, path, agent }, asked);
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(answer);
      if (status !== 200) return;
      const { request } = JSON.parse(asked.toString());
      recorded.push({ path, request, response: JSON.parse(answer.toString()).response });
    } catch {
      // The caller sees the same as if the webhook itself could not be reached.
      outgoing.destroy();
    }
  });
  server.listen(0, HOST === '127.0.0.1' ? HOST : '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the recorder has no port');
  return {
    port: address.port,
    recorded,
    close: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

interface Target {
  readonly port: number;
  readonly path: string;
  readonly agent: Agent;
}

async function ask(
  target: Target,
  body: Buffer,
): Promise<{ readonly status: number; readonly answer: Buffer }> {
  const { port, path, agent } = target;
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const asking = httpsRequest({ host: HOST, port, path, agent, method: 'POST', headers });
  asking.end(body);
  try {
    const [response] = await once(asking, 'response');
    return { status: response.statusCode, answer: await buffer(response) };
  } catch (error) {
    // The webhook closes idle connections, which clients have to expect.
    if (!asking.reusedSocket) throw error;
    return ask(target, body);
  }
}
