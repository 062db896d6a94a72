import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import process from 'node:process';
import type { V1Pod } from '@kubernetes/client-node';
import { startWebhook, type Webhook } from './serve.ts';
import { ENFORCED, HOST, LIVE_FILES, TLS_CERT } from './settings.ts';

/** Starts a process that watches the cluster, including its policies, and writes their status. */
export const startLive = (kubeconfig = process.env.KUBECONFIG ?? ''): Promise<Webhook> =>
  startWebhook(['--kubeconfig', kubeconfig, '--status', '--lease-namespace', ENFORCED], LIVE_FILES);

export interface Answer {
  /** The class that the Pod would be given, `none`, or why it is refused. */
  readonly verdict: string;
  readonly warnings: readonly string[];
}

export const verdictOn = async (webhook: Webhook, pod: V1Pod): Promise<string> =>
  (await answerTo(webhook, pod)).verdict;

/** Asks the webhook as the API server does. */
export async function answerTo({ port }: Webhook, pod: V1Pod): Promise<Answer> {
  return answerOf(
    await review(port, {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'e2e',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        namespace: pod.metadata?.namespace,
        operation: 'CREATE',
        userInfo: { username: 'alice', groups: [] },
        object: pod,
      },
    }),
  );
}

/** The answer of a review about a Pod. */
export function answerOf({ response }: Review): Answer {
  const { allowed, patch: encoded, status, warnings = [] } = response;
  if (!allowed) return { verdict: status?.message ?? '', warnings };
  const patch: { path: string; value: unknown }[] = encoded
    ? JSON.parse(Buffer.from(encoded, 'base64').toString())
    : [];
  const set = patch.find(({ path }) => path === '/spec/runtimeClassName')?.value;
  return { verdict: String(set ?? 'none'), warnings };
}

export interface Review {
  readonly response: { allowed: boolean; patch?: string; status?: { message: string }; warnings?: string[] };
}

function review(port: number, body: unknown): Promise<Review> {
  const url = `https://${HOST}:${port}/mutate/enforce`;
  const options = {
    method: 'POST',
    ca: readFileSync(TLS_CERT),
    headers: { 'content-type': 'application/json' },
  };
  return new Promise((resolve, reject) => {
    request(url, options, response => {
      let text = '';
      response.on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    })
      .on('error', reject)
      .end(JSON.stringify(body));
  });
}
