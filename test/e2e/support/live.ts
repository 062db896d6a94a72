import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import process from 'node:process';
import type { V1Pod } from '@kubernetes/client-node';
import { startWebhook, type Webhook } from './serve.ts';
import { ENFORCED, HOST, LIVE_FILES, TLS_CERT } from './settings.ts';

/** Starts a process that watches the cluster, its policies too, and writes their status. */
export const startLive = (kubeconfig = process.env.KUBECONFIG ?? ''): Promise<Webhook> =>
  startWebhook(['--kubeconfig', kubeconfig, '--status', '--lease-namespace', ENFORCED], LIVE_FILES);

/** The class that it would inject into the Pod, `none`, or why it refuses the Pod. Asked as the API server asks. */
export async function verdictOn({ port }: Webhook, pod: V1Pod): Promise<string> {
  const { response } = await review(port, {
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
  });
  if (!response.allowed) return response.status?.message ?? '';
  const patch: { path: string; value: unknown }[] = response.patch
    ? JSON.parse(Buffer.from(response.patch, 'base64').toString())
    : [];
  return String(patch.find(({ path }) => path === '/spec/runtimeClassName')?.value ?? 'none');
}

interface Review {
  readonly response: { allowed: boolean; patch?: string; status?: { message: string } };
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
