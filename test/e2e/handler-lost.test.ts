import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimeClass } from '../support/objects.ts';
import { core, refusal } from './support/client.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { nodesWith } from './support/fixtures.ts';
import { apply, kubectlOk } from './support/kubectl.ts';
import { answerTo, startLive } from './support/live.ts';
import { HIGH_RISK, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, ENFORCED } from './support/settings.ts';

const NODE = 'cofferdam-e2e-lost';
const SELECTED = { 'example.com/cofferdam-e2e-lost': 'true' };
const GVISOR = 'cofferdam-e2e-lost-gvisor';
const KATA = 'cofferdam-e2e-lost-kata';
const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  labels: { [E2E_LABEL]: 'true', ...labels },
});

const selecting = (name: string, handler: string) =>
  runtimeClass(name, handler, { metadata: metadata(name), scheduling: { nodeSelector: SELECTED } });

/** These two classes, whatever else the cluster has. */
const policy = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: metadata(NODE),
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENFORCED } } },
    sandboxes: [{ runtimeClass: GVISOR }, { runtimeClass: KATA }],
  },
};

/** What a kubelet reports, which this node has none of: it is the one node that the classes schedule to. */
const status = (...handlers: readonly string[]) => ({
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'none runs here',
      lastHeartbeatTime: new Date().toISOString(),
      lastTransitionTime: new Date().toISOString(),
    },
  ],
  runtimeHandlers: ['', 'runc', ...handlers].map(name => ({ name })),
});

const report = (...handlers: readonly string[]) =>
  kubectlOk([
    ...['patch', 'node', NODE, '--subresource=status', '--type=strategic'],
    ...['-p', JSON.stringify({ status: status(...handlers) })],
  ]);

const CONTENT_TYPE = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const OF_NODES = setHeaderOptions('Impersonate-Group', 'system:nodes', CONTENT_TYPE);

/** Reports with the credentials of a node's kubelet, which may not read a status, as kubectl would. */
const reportBy = (node: string, ...handlers: readonly string[]): Promise<unknown> =>
  core.patchNodeStatus(
    { name: NODE, body: { status: status(...handlers) } },
    setHeaderOptions('Impersonate-User', `system:node:${node}`, OF_NODES),
  );

let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
const remove = () =>
  kubectlOk([
    'delete',
    `node/${NODE}`,
    `runtimeclass/${GVISOR}`,
    `runtimeclass/${KATA}`,
    '--ignore-not-found',
  ]);
beforeAll(async () => {
  removeCrds = await installCrds();
  await remove();
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata(NODE, SELECTED),
    status: status('runsc', 'kata'),
  };
  for (const object of [selecting(GVISOR, 'runsc'), selecting(KATA, 'kata'), policy, node]) {
    expect(await apply(object)).toMatchObject({ code: 0 });
  }
  live = await startLive();
});
afterAll(async () => {
  await live?.stop();
  await remove();
  await removeCrds();
});

const WAITS = 'it will wait: ';

/** The class that the next Pod is given, and whether its author is told that it waits. */
const becomes = (given: string, waits: boolean) =>
  poll(`${given}, waits: ${waits}`, async () => {
    const { verdict, warnings } = await answerTo(live, pod('next', { labels: HIGH_RISK }));
    const told = warnings.some(warning => warning.includes(WAITS));
    return verdict === given && told === waits ? true : undefined;
  });

describe('a node that loses its handler for gVisor', () => {
  it('is passed over for the Kata stand-in; where that is lost too, the Pod waits, and comes back by itself', async () => {
    await becomes(GVISOR, false);
    await report('kata');
    await becomes(KATA, false);
    await report();
    await becomes(GVISOR, true);
    await report('kata');
    await becomes(KATA, false);
    await report('runsc', 'kata');
    await becomes(GVISOR, false);
  });

  it('may say of itself what it likes: that moves where a Pod waits, and not what it needs', async () => {
    await reportBy(NODE);
    await becomes(GVISOR, true);
    await reportBy(NODE, 'runsc', 'kata', 'kata-qemu');
    await becomes(GVISOR, false);
    const { verdict } = await answerTo(live, pod('host', { spec: UNCONTAINABLE }));
    expect(verdict).toContain('no sandbox can contain');
  });

  it('and nothing of another', async () => {
    const [other = ''] = (await nodesWith('runsc')).filter(name => name !== NODE);
    expect(await refusal(reportBy(other, 'kata'))).toContain('is not allowed to modify node');
  });

  it('is of no use to a sandbox while it is cordoned, either', async () => {
    await kubectlOk(['cordon', NODE]);
    await becomes(GVISOR, true);
    await kubectlOk(['uncordon', NODE]);
    await becomes(GVISOR, false);
  });
});
