import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { running } from './support/client.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { apply } from './support/kubectl.ts';
import { startLive, verdictOn } from './support/live.ts';
import { HIGH_RISK, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, ENFORCED, GVISOR_CLASS, KATA_CLASS } from './support/settings.ts';

const SCRIPT = fileURLToPath(new URL('../cluster/runsc.sh', import.meta.url));
const handler = (to: 'on' | 'off') => promisify(execFile)(SCRIPT, [to]);

/** The classes of these tests, whatever else the cluster has. */
const policy = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'cofferdam-e2e-node', labels: { [E2E_LABEL]: 'true' } },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENFORCED } } },
    sandboxes: [{ runtimeClass: GVISOR_CLASS }, { runtimeClass: KATA_CLASS }],
  },
};

let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  expect(await apply(policy)).toMatchObject({ code: 0 });
  live = await startLive();
});
afterAll(async () => {
  await handler('on');
  await live?.stop();
  await removeCrds();
});

const becomes = (expected: string) =>
  poll(
    `the next Pod is given ${expected}`,
    async () => ((await verdictOn(live, pod('next', { labels: HIGH_RISK }))) === expected ? true : undefined),
    60,
  );

it('the next Pod goes to the Kata stand-in while containerd has no handler for gVisor, and comes back by itself', async () => {
  await becomes(GVISOR_CLASS);
  await handler('off');
  await becomes(KATA_CLASS);
  await handler('on');
  await becomes(GVISOR_CLASS);
  const again = await running(pod('in-gvisor-again', { labels: HIGH_RISK }));
  expect(again.spec?.runtimeClassName).toBe(GVISOR_CLASS);
}, 180_000);
