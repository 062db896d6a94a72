import { writeFile } from 'node:fs/promises';
import { makeCertificate } from './support/certificate.ts';
import { dryRun, refusal } from './support/client.ts';
import {
  clusterObjects,
  labelNodes,
  nodesWith,
  removeEverything,
  writeClusterView,
} from './support/fixtures.ts';
import { kubectlOk } from './support/kubectl.ts';
import { pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { registration } from './support/registration.ts';
import { startWebhook, type Webhook } from './support/serve.ts';
import { GVISOR_CLASS, KATA_CLASS, POLICIES, TLS_CERT, TLS_KEY } from './support/settings.ts';
import { NOT_VOUCHED } from './support/vouch.ts';

/** Makes namespaces and RuntimeClasses, starts the webhook and registers it; all tests share them. */
export default async function setup(): Promise<() => Promise<void>> {
  let webhook: Webhook | undefined;
  const teardown = async (): Promise<void> => {
    // The registration goes before the server: in between, enforced namespaces would refuse everything.
    await removeEverything();
    await webhook?.stop();
  };
  try {
    await makeObjects();
    const { key, cert, caBundle } = await makeCertificate();
    await writeFile(TLS_KEY, key, { mode: 0o600 });
    await writeFile(TLS_CERT, cert);
    await writeFile(POLICIES, NOT_VOUCHED);
    webhook = await startWebhook();
    await register(webhook.port, caBundle);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

async function makeObjects(): Promise<void> {
  const gvisorNodes = await nodesWith('runsc');
  const kataNodes = await nodesWith('kata');
  await removeEverything();
  await kubectlOk(['apply', '-f', '-'], clusterObjects());
  await labelNodes(gvisorNodes, GVISOR_CLASS);
  await labelNodes(kataNodes, KATA_CLASS);
  await writeClusterView();
}

async function register(port: number, caBundle: string): Promise<void> {
  const items = registration(port, caBundle);
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  // The API server learns of a configuration a moment after it was made.
  const probe = pod('probe', { spec: UNCONTAINABLE });
  await poll('the webhook is called', () => refusal(dryRun(probe)).catch(() => undefined));
}
