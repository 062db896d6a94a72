import { readFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { forge } from './support/attack.ts';
import { dryRun } from './support/client.ts';
import { applyAll, remove } from './support/guarding.ts';
import { HIGH_RISK } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { webhooksOf } from './support/registration.ts';
import { gated, makeNamespace } from './support/running.ts';
import { startWebhook, type Webhook } from './support/serve.ts';
import { GVISOR_CLASS, HOST, LIVE_FILES, TLS_CERT } from './support/settings.ts';

/*
The API server of test/cluster shows webhooks a certificate, as docs/operations.md has it set up: whoever has none is a
stranger. In other clusters an API server shows none unless it is told to.
*/

const NAME = 'cofferdam-e2e-callers';

/** The CA of the cluster, which signed that certificate. */
function clusterCa(): string {
  const { clusters } = parse(readFileSync(process.env.KUBECONFIG ?? '', 'utf8'));
  return clusters[0].cluster['certificate-authority'];
}

let webhook: Webhook | undefined;

async function serve(...more: readonly string[]): Promise<Webhook> {
  const started = await startWebhook(
    ['--kubeconfig', process.env.KUBECONFIG ?? '', '--client-ca', clusterCa(), ...more],
    LIVE_FILES,
  );
  webhook = started;
  await applyAll(webhooksOf(started.port, readFileSync(TLS_CERT).toString('base64'), NAME));
  await poll('the API server is answered', async () => {
    const { spec } = await dryRun(gated('probe', { namespace: NAME, labels: HIGH_RISK }));
    return spec?.runtimeClassName === GVISOR_CLASS ? true : undefined;
  });
  return started;
}

async function stop(): Promise<void> {
  const started = webhook;
  webhook = undefined;
  await started?.stop();
}

/** The logged decisions on the Pod of this name. */
const lines = (name: string): readonly { readonly caller?: string }[] =>
  readFileSync(LIVE_FILES.log, 'utf8')
    .split('\n')
    .filter(line => line.includes('"msg":"decision"'))
    .map(line => JSON.parse(line))
    .filter(line => line.name === name);

beforeAll(() => makeNamespace(NAME));
afterAll(async () => {
  await remove('mutatingwebhookconfiguration,validatingwebhookconfiguration', NAME);
  await stop();
  await remove('namespace', NAME);
});

it('reviews that nobody asked for are marked as those of strangers, and count as nothing else', async () => {
  const { port, metricsPort } = await serve('--strangers');
  const address = { host: HOST, port };
  const count = async (series: string) => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return text
      .split('\n')
      .filter(line => line.startsWith(series))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const before = await count('cofferdam_admission_requests_total');
  for (let i = 0; i < 300; i++) expect(await forge(address, NAME, 'forged')).toContain('"allowed":');
  expect(await count('cofferdam_admission_requests_total')).toBe(before);
  expect(await count('cofferdam_stranger_reviews_total')).toBe(300);
  await poll('all are in the log', async () => (lines('forged').length === 300 ? true : undefined));
  expect(lines('forged').filter(({ caller }) => caller !== 'stranger')).toEqual([]);
  expect(lines('probe').length).toBeGreaterThan(0);
  expect(lines('probe').filter(({ caller }) => caller !== undefined)).toEqual([]);
  await stop();
});

it('strangers are turned away where that is asked for, and the API server is not', async () => {
  const { port } = await serve();
  await expect(forge({ host: HOST, port }, NAME, 'forged')).rejects.toThrow();
  expect(lines('forged')).toEqual([]);
});
