import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { apply, kubectlOk } from './support/kubectl.ts';
import { startLive, verdictOn } from './support/live.ts';
import { pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { Relay } from './support/relay.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, ENFORCED, LIVE_KUBECONFIG } from './support/settings.ts';

const NAME = 'cofferdam-e2e-live';
const floor = (isolation: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: NAME, labels: { [E2E_LABEL]: 'true' } },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENFORCED } } },
    minimumIsolation: isolation,
  },
});

const relay = new Relay();
let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  live = await startLive(await relay.start(LIVE_KUBECONFIG));
});
afterAll(async () => {
  await live?.stop();
  await relay.close();
  await removeCrds();
});

const isolated = async (): Promise<boolean> => (await verdictOn(live, pod('plain'))) !== 'none';
const becomes = (expected: boolean, seconds: number) =>
  poll(`isolated: ${expected}`, async () => ((await isolated()) === expected ? true : undefined), seconds);
const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${live.metricsPort}/readyz`)).ok;
/** The seconds that the kind that lags most is behind. */
async function staleness(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${live.metricsPort}/metrics`)).text();
  const values = text.matchAll(/^cofferdam_informer_staleness_seconds\{[^}]*\} ([\d.]+)$/gm);
  return Math.max(...[...values].map(([, value]) => Number(value)));
}

describe('a live view of a real API server', () => {
  it('is back in step after its connections were cut, again and again', async () => {
    for (const isolation of ['app-kernel', 'host-kernel', 'app-kernel', 'host-kernel']) {
      relay.cut();
      await apply(floor(isolation));
      await becomes(isolation === 'app-kernel', 5);
    }
    await kubectlOk(['delete', 'csbp', NAME]);
  });

  it('decides as before while the API server is away, shows how old it is, and catches up after', async () => {
    await apply(floor('app-kernel'));
    await becomes(true, 5);
    await relay.close();
    await kubectlOk(['delete', 'csbp', NAME]);
    for (let i = 0; i < 20; i++) {
      expect(await isolated()).toBe(true);
      await sleep(200);
    }
    expect(await ready()).toBe(true);
    expect(await staleness()).toBeGreaterThan(3);
    await relay.open();
    const opened = performance.now();
    await becomes(false, 8);
    await poll('every watch has heard something since', async () =>
      (await staleness()) < (performance.now() - opened) / 1000 ? true : undefined,
    );
  });

  it('finds that its connections are dead where nobody says so', async () => {
    relay.freeze();
    await apply(floor('app-kernel'));
    await becomes(true, 45);
    await kubectlOk(['delete', 'csbp', NAME]);
    await becomes(false, 5);
  });
});
