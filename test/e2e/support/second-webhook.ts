import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { json } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import type { Operation } from 'fast-json-patch';
import { makeCertificate } from './certificate.ts';
import { dryRun } from './client.ts';
import { kubectlOk } from './kubectl.ts';
import { pod } from './pods.ts';
import { poll } from './poll.ts';
import { E2E_LABEL, HOST, namespaceOf } from './settings.ts';

/** Pods with this label are sent to the second webhook with that name. */
export const SECOND_WEBHOOK_LABEL = 'example.com/second-webhook';

export interface SecondWebhook {
  close(): Promise<void>;
}

/**
 * A mutating webhook of somebody else, which the API server calls after this project's or before it (in the order of the
 * configurations' names), and again when the Pod has changed since.
 *
 * @param mutate makes a JSON Patch from the Pod at that moment
 */
export async function startSecondWebhook(
  name: string,
  mutate: (pod: V1Pod) => readonly Operation[],
  place: 'before' | 'after' = 'after',
): Promise<SecondWebhook> {
  const { key, cert, caBundle } = await makeCertificate();
  let called = false;
  const server = createServer({ key, cert }, async (request, response) => {
    called = true;
    const { request: review } = (await json(request)) as { request: { uid: string; object: V1Pod } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(review.uid, mutate(review.object))));
  });
  server.listen(0, HOST === '127.0.0.1' ? HOST : '0.0.0.0');
  await once(server, 'listening');
  const configuration = `${place === 'after' ? 'zzz' : 'aaa'}-cofferdam-e2e-${name}`;
  await kubectlOk(['create', '-f', '-'], {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: configuration, labels: { [E2E_LABEL]: 'true' } },
    webhooks: [entry(name, portOf(server), caBundle)],
  });
  // The API server knows a configuration a moment after it was created. In an audit namespace nothing is refused.
  const probe = pod('probe', { namespace: namespaceOf('audit'), labels: { [SECOND_WEBHOOK_LABEL]: name } });
  await poll(`webhook ${name} is called`, async () => {
    await dryRun(probe);
    return called || undefined;
  });
  return {
    close: async () => {
      await kubectlOk(['delete', 'mutatingwebhookconfiguration', configuration]);
      server.closeAllConnections();
      server.close();
    },
  };
}

const answer = (uid: string, patch: readonly Operation[]) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  },
});

const entry = (name: string, port: number, caBundle: string) => ({
  name: `${name}.example.com`,
  clientConfig: { url: `https://${HOST}:${port}/`, caBundle },
  objectSelector: { matchLabels: { [SECOND_WEBHOOK_LABEL]: name } },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  failurePolicy: 'Fail',
  timeoutSeconds: 2,
  reinvocationPolicy: 'IfNeeded',
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the second webhook has no port');
  return address.port;
}
