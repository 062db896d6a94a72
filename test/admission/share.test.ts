import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ServedCluster, serveCluster } from '../../src/cli/serve/live.ts';
import { listedDocuments } from '../../src/cluster/listed.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { createLogger } from '../../src/log/logger.ts';
import { FakeApiServer } from '../support/api-server.ts';
import { ObjectStore } from '../support/object-store.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { pod, reviewOf, startTestServer, type TestServer, until } from './support.ts';

let api: FakeApiServer;
let folder: string;
let served: ServedCluster;
let server: TestServer;
const logged: Record<string, unknown>[] = [];
const names = new Set<string>();

beforeEach(async () => {
  logged.length = 0;
  names.clear();
  folder = mkdtempSync(join(tmpdir(), 'share-'));
  api = new FakeApiServer();
  await api.start();
  const leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
  api.intercept = (call, response) => leases.answer(call, response);
  api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
  api.put('RuntimeClass', runtimeClass('kata-qemu', 'kata-qemu'));
  api.put('Node', node('a', [{ name: 'runsc' }, { name: 'kata-qemu' }]));
  for (const name of ['shop', 'other']) api.put('Namespace', namespace(name));
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop(0, 100);
  await served?.stopWork();
  served?.stop();
  await api.stop();
  rmSync(folder, { recursive: true });
});

function put(name: string, minimumIsolation: string, text = ''): void {
  names.add(name);
  api.put('SandboxPolicy', policyOf(name, minimumIsolation, text));
}
const policyOf = (name: string, minimumIsolation: string, text: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxPolicy',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: 1 },
  spec: {
    match: { podSelector: { matchLabels: { nobody: 'has-it' } } },
    minimumIsolation,
    tiers: [],
    ...(text && {
      scoring: { rules: [{ name: 'r', expression: `object.metadata.name == '${text}'`, weight: 1 }] },
    }),
  },
});

/** Has the clock go on, where it is one that is told to. */
const becomes = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  until(async () => {
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(50);
    return holds();
  });

async function start(): Promise<void> {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  const log = createLogger('info', line => logged.push(JSON.parse(line)));
  const cluster = await serveCluster({ kubeconfig, policy: [], balanced: true }, log);
  if (!cluster) throw new Error('a cluster was named');
  served = cluster;
  const { ground } = await served.source.load();
  if (!ground) throw new Error('the policies should load');
  const { source } = served;
  server = await startTestServer({ ground, source, cluster: served.cluster, log, now: Date.now });
  const options = { scanInterval: 600, scanDefaultMode: 'enforce', scanSkipNamespace: [] } as const;
  served.startWork({ ...options, status: true, leaseNamespace: 'home' }, new Registry());
  await becomes(() => served.cluster.ready());
}

/** The class that a plain Pod is given. */
async function classIn(namespaceName: string): Promise<string | undefined> {
  const review = reviewOf(pod({ containers: [{ name: 'main', image: 'example.com/main:1' }] }), {
    namespace: namespaceName,
  });
  const { body } = await server.post('/mutate/enforce', JSON.stringify(review));
  const patch = body.response.patch ? Buffer.from(body.response.patch, 'base64').toString() : '[]';
  return (JSON.parse(patch) as { path: string; value: string }[]).find(
    ({ path }) => path === '/spec/runtimeClassName',
  )?.value;
}

const acceptedOf = (name: string) => {
  const { body } =
    api.calls.findLast(({ url }) => url.pathname.endsWith(`/sandboxpolicies/${name}/status`)) ?? {};
  const { status } = (body ?? {}) as {
    status?: { conditions: { type: string; reason: string; message: string }[] };
  };
  return status?.conditions.find(({ type }) => type === 'Accepted');
};

it.each<[string, () => void]>([
  ['policies', () => Array.from({ length: 120 }, (_, i) => put(`p${i}`, i === 119 ? 'vm' : 'app-kernel'))],
  [
    'bytes',
    () => Array.from({ length: 80 }, (_, i) => put(`p${i}`, i === 0 ? 'vm' : 'app-kernel', 'x'.repeat(1500))),
  ],
])(
  'more %s than a namespace has a share of are not read: there, and there alone, every Pod needs the most that they ask for',
  async (_, fill) => {
    fill();
    await start();
    await until(async () => (await classIn('shop')) === 'kata-qemu');
    expect(await classIn('other')).toBeUndefined();
    await until(() => acceptedOf('p7') !== undefined);
    expect(acceptedOf('p7')).toMatchObject({
      reason: 'MoreThanItsShare',
      message: expect.stringMatching(
        /share of 100, or of 160 KiB .* every Pod here needs vm.*\. Shorten these policies, or merge some of them\.$/,
      ),
    });
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        file: 'SandboxPolicy/shop',
        msg: expect.stringContaining('more than its share'),
      }),
    );

    // Review and doctor read the same.
    const listed = Array.from(names, name => policyOf(name, 'vm', 'x'.repeat(1500)) as object as KubeObject);
    expect(listedDocuments(listed).documents.map(({ value }) => value)).toEqual([
      expect.objectContaining({ metadata: { name: 'more-than-its-share', namespace: 'shop' } }),
    ]);
  },
);

it('those that stay are read again once the others are deleted', async () => {
  // They are listed anew after some seconds; the API server and the webhook answer by themselves.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  for (let i = 0; i < 120; i++) put(`p${i}`, 'vm');
  await start();
  await becomes(async () => (await classIn('shop')) === 'kata-qemu');
  for (const name of [...names].slice(1)) api.remove('SandboxPolicy', name, 'shop');
  // Its selector matches no Pod.
  await becomes(async () => (await classIn('shop')) === undefined);
  await becomes(() => acceptedOf('p0')?.reason === 'Accepted');
});
