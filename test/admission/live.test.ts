import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ServedCluster, serveCluster } from '../../src/cli/serve/live.ts';
import { createLogger } from '../../src/log/logger.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { namespace, node, policy, runtimeClass } from '../support/objects.ts';
import { decodePatch, PODS, pod, reviewOf, startTestServer, type TestServer, until } from './support.ts';

const MAX_MS = 2000;
const KINDS = [
  'RuntimeClass',
  'Node',
  'Namespace',
  'ClusterSandboxPolicy',
  'SandboxPolicy',
  'SandboxExemption',
  'SandboxProfile',
];

const asking = (name: string, minimumIsolation: string, generation = 1) =>
  policy(name, { minimumIsolation }, { uid: `uid-${name}`, generation });

const HOUR_MS = 3_600_000;

let api: FakeApiServer;
let folder: string;
let served: ServedCluster | undefined;
let server: TestServer | undefined;
const logged: Record<string, unknown>[] = [];

beforeEach(async () => {
  logged.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'live-'));
  api = new FakeApiServer();
  await api.start();
  api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
  api.put('RuntimeClass', runtimeClass('kata-qemu', 'kata-qemu'));
  api.put('Node', node('a', [{ name: 'runsc' }, { name: 'kata-qemu' }]));
  api.put('Namespace', namespace('shop'));
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop(0, 100);
  served?.stop();
  await api.stop();
  rmSync(folder, { recursive: true });
});

/** The webhook, watching the fake API server, as `cofferdam serve --kubeconfig` starts it. */
async function start(policies: readonly string[] = []): Promise<TestServer> {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  const log = createLogger('debug', line => logged.push(JSON.parse(line)));
  served = await serveCluster({ kubeconfig, policy: policies, balanced: true }, log);
  if (!served) throw new Error('a cluster was named');
  const { ground } = await served.source.load();
  if (!ground) throw new Error('the files should load');
  const { source, cluster } = served;
  server = await startTestServer({ log, ground, source, cluster, watch: { pollMs: 25, settleMs: 10 } });
  return server;
}

async function started(policies: readonly string[] = []): Promise<TestServer> {
  const webhook = await start(policies);
  await until(() => ready(webhook));
  return webhook;
}

const probe = (webhook: TestServer, path: string) => fetch(`http://127.0.0.1:${webhook.metricsPort}${path}`);
const ready = async (webhook: TestServer): Promise<boolean> => (await probe(webhook, '/readyz')).ok;
const metric = async (webhook: TestServer, name: string): Promise<number> => {
  const text = await (await probe(webhook, '/metrics')).text();
  const line = text.split('\n').find(one => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
};

async function classOf(webhook: TestServer, object: object = PODS.admit, namespaceName = 'shop') {
  const body = JSON.stringify(reviewOf(object, { namespace: namespaceName }));
  const { response } = (await webhook.post('/mutate/enforce', body)).body;
  if (!response.allowed) return `refused: ${response.status?.message}`;
  const patch = decodePatch(response) as { path: string; value: unknown }[];
  return patch.find(({ path }) => path === '/spec/runtimeClassName')?.value;
}
const becomes = (webhook: TestServer, expected: unknown) =>
  until(async () => (await classOf(webhook)) === expected, MAX_MS);

describe('policies of the cluster', () => {
  it('are in force once ready, follow what is applied, and leave balanced when they are gone', async () => {
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    const webhook = await started();
    expect(await classOf(webhook)).toBe('gvisor');
    api.put('ClusterSandboxPolicy', asking('floor', 'vm', 2));
    await becomes(webhook, 'kata-qemu');
    api.remove('ClusterSandboxPolicy', 'floor');
    await becomes(webhook, undefined);
    expect(await classOf(webhook, PODS.sandbox)).toBe('gvisor');
    expect(await classOf(webhook, PODS.reject)).toContain('refused');
  });

  it('keep the last good version of one that breaks, while others come in', async () => {
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    const webhook = await started();
    const rule = { name: 'r', expression: 'object.spec.', weight: 1 };
    const broken = { ...asking('floor', 'host-kernel', 2), spec: { scoring: { rules: [rule] } } };
    api.put('ClusterSandboxPolicy', broken);
    await until(async () => (await metric(webhook, 'cofferdam_policy_problems')) === 1);
    expect(await classOf(webhook)).toBe('gvisor');
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        file: 'ClusterSandboxPolicy/floor',
        object: 'ClusterSandboxPolicy/floor',
        path: 'spec.scoring.rules[0].expression',
      }),
    );
    api.put('ClusterSandboxPolicy', asking('higher', 'vm'));
    await becomes(webhook, 'kata-qemu');
    api.remove('ClusterSandboxPolicy', 'higher');
    await becomes(webhook, 'gvisor');
    api.put('ClusterSandboxPolicy', asking('floor', 'host-kernel', 3));
    await becomes(webhook, undefined);
    expect(await metric(webhook, 'cofferdam_policy_problems')).toBe(0);
  });

  it('combine with files, and both reload', async () => {
    const file = join(folder, 'mine.yaml');
    const write = (isolation: string) => writeFileSync(file, JSON.stringify(asking('mine', isolation)));
    write('app-kernel');
    const webhook = await started([file]);
    expect(await classOf(webhook)).toBe('gvisor');
    api.put('ClusterSandboxPolicy', asking('floor', 'vm'));
    await becomes(webhook, 'kata-qemu');
    write('host-kernel');
    api.remove('ClusterSandboxPolicy', 'floor');
    await becomes(webhook, undefined);
    write('nonsense');
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    await becomes(webhook, 'gvisor');
  });

  it('of a namespace, exemptions and profiles count too', async () => {
    api.put('Namespace', namespace('other'));
    const webhook = await started();
    api.put('SandboxPolicy', {
      metadata: { name: 'tight', namespace: 'shop', generation: 1 },
      spec: { minimumIsolation: 'vm' },
    });
    await becomes(webhook, 'kata-qemu');
    expect(await classOf(webhook, PODS.admit, 'other')).toBeUndefined();
    api.put('SandboxExemption', {
      metadata: { name: 'reader', generation: 1 },
      spec: {
        match: { namespaces: ['other'] },
        waive: [{ signal: 'hostPID' }],
        owner: 'team-a',
        reason: 'it reads processes',
        expires: new Date(Date.now() + 86_400_000).toISOString(),
      },
    });
    await until(async () => (await classOf(webhook, PODS.reject, 'other')) === undefined);
    api.put('SandboxProfile', {
      metadata: { name: 'fake', generation: 1 },
      spec: { handlers: ['kata-qemu'], extends: 'host' },
    });
    await until(async () => String(await classOf(webhook)).startsWith('refused'));
  });

  it('are not loaded anew for a status', async () => {
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    await started();
    const reloads = () => logged.filter(({ msg }) => msg === 'the policies were reloaded').length;
    const before = reloads();
    api.put('ClusterSandboxPolicy', {
      ...asking('floor', 'app-kernel'),
      status: { conditions: [{ type: 'Accepted' }] },
    });
    await sleep(300);
    expect(reloads()).toBe(before);
  });

  it('say when an exemption among them expires', async () => {
    const webhook = await started();
    // The clock is told to go on; the API server and the webhook answer by themselves.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const becomesSo = (holds: () => boolean | Promise<boolean>) =>
      until(async () => {
        await vi.advanceTimersByTimeAsync(50);
        return holds();
      });
    api.put('SandboxExemption', {
      metadata: { name: 'short', generation: 1 },
      spec: {
        match: { namespaces: ['shop'] },
        waive: [{ signal: 'hostPID' }],
        owner: 'team-a',
        reason: 'it reads processes',
        expires: new Date(Date.now() + HOUR_MS).toISOString(),
      },
    });
    const expired = () =>
      logged.some(({ file, path }) => file === 'SandboxExemption/short' && path === 'spec.expires');
    await becomesSo(async () => (await classOf(webhook, PODS.reject)) === undefined);
    await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
    expect(expired()).toBe(false);
    await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
    await becomesSo(expired);
  });

  it('that come with a broken one among them do not keep the webhook from starting', async () => {
    api.put('ClusterSandboxPolicy', { ...asking('broken', 'vm'), spec: { minimumIsolation: 'steel' } });
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    expect(await classOf(await started())).toBe('gvisor');
  });

  it('are none where the cluster does not have their kinds', async () => {
    api.intercept = ({ url }, response) => {
      if (!url.pathname.startsWith('/apis/cofferdam.dev/')) return false;
      send(response, 404, { message: '404 page not found' });
      return true;
    };
    const webhook = await started();
    expect(await classOf(webhook)).toBeUndefined();
    expect(await classOf(webhook, PODS.sandbox)).toBe('gvisor');
  });
});

describe('the webhook of a live cluster', () => {
  it('is not ready before every kind was listed, and says of which', async () => {
    let open = false;
    api.intercept = ({ url }, response) => {
      if (open || !url.pathname.endsWith('/sandboxexemptions')) return false;
      send(response, 503, { message: 'starting' });
      return true;
    };
    const webhook = await start();
    await until(() => api.watches('Node') === 1 && api.watches('SandboxPolicy') === 1);
    expect(await ready(webhook)).toBe(false);
    expect((await webhook.post('/mutate/audit', JSON.stringify(reviewOf(PODS.admit)))).code).toBe(503);
    expect(await metric(webhook, 'cofferdam_informer_synced{kind="SandboxExemption"}')).toBe(0);
    expect(await metric(webhook, 'cofferdam_informer_synced{kind="Node"}')).toBe(1);
    open = true;
    await until(() => ready(webhook));
  });

  it('decides right for a namespace that was made a moment ago', async () => {
    const webhook = await started();
    api.intercept = ({ url }) => url.searchParams.has('watch');
    api.cut('Namespace', 'end');
    api.put('Namespace', namespace('new', { 'cofferdam.dev/risk': 'critical' }));
    expect(await classOf(webhook, PODS.admit, 'new')).toBe('kata-qemu');
    expect(await classOf(webhook, pod({}, { name: 'again' }), 'new')).toBe('kata-qemu');
    const gets = api.calls.filter(({ url }) => url.pathname === '/api/v1/namespaces/new');
    expect(gets).toHaveLength(1);
  });

  it('stays ready and decides as before while the API server is gone; how old its view is shows', async () => {
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    const begin = Date.now();
    const webhook = await started();
    await api.stop();
    expect(await classOf(webhook)).toBe('gvisor');
    expect(await ready(webhook)).toBe(true);
    const heard = served?.cluster.watches.map(watch => watch.heard) ?? [];
    expect(heard).toHaveLength(7);
    expect(Math.min(...heard)).toBeGreaterThanOrEqual(begin);
    await api.start();
    api.put('ClusterSandboxPolicy', asking('floor', 'vm', 2));
    await until(async () => (await classOf(webhook)) === 'kata-qemu', 4000);
  });

  it('goes on by what it knows, whatever an API server answers, refuses what it does not know, and is in step afterwards', async () => {
    const ills: readonly ((response: ServerResponse) => void)[] = [
      response => send(response, 500, { message: 'etcdserver: leader changed' }),
      response => response.destroy(),
      response => response.writeHead(200).end('<html>\n</html>'),
      response => response.writeHead(200).end(),
      response => response.writeHead(429, { 'retry-after': '0' }).end(),
      response => send(response, 410, { message: 'too old resource version' }),
      response => send(response, 404, { message: '404 page not found' }),
      response => send(response, 200, { metadata: { continue: 'again' }, items: [] }),
      response => {
        response
          .writeHead(200, { 'content-length': '1000' })
          .write('{"metadata":{"resourceVersion":"1"},"items":[{');
        setTimeout(() => response.destroy(), 5);
      },
    ];
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    const webhook = await started();
    let asked = 0;
    api.intercept = (_, response) => {
      ills[asked++ % ills.length]?.(response);
      return true;
    };
    for (const kind of KINDS) api.cut(kind, 'reset');
    while (asked < 40) {
      expect(await classOf(webhook)).toBe('gvisor');
      expect(await ready(webhook)).toBe(true);
    }
    expect(await classOf(webhook, PODS.admit, 'new')).toContain('refused');
    // Each watch that failed is reported once, however often it failed.
    const told = logged.filter(({ msg }) => String(msg).startsWith('the watch of'));
    expect(told.length).toBeLessThanOrEqual(KINDS.length);
    api.intercept = () => false;
    api.put('ClusterSandboxPolicy', asking('floor', 'vm', 2));
    await until(async () => (await classOf(webhook)) === 'kata-qemu', 20_000);
  });

  it('is ready, and follows changes, by an API server that is slow, flaps and refuses; and does not press it', async () => {
    let asked = 0;
    let ill = true;
    api.intercept = (_, response) => {
      if (!ill) return false;
      switch (asked++ % 9) {
        case 0:
          send(response, 500, { message: 'etcdserver: leader changed' });
          return true;
        case 2:
          response.destroy();
          return true;
        case 4:
          setTimeout(() => response.destroy(), 300);
          return true;
        default:
          return false;
      }
    };
    api.put('ClusterSandboxPolicy', asking('floor', 'app-kernel'));
    const webhook = await start();
    await until(() => ready(webhook), 20_000);
    expect(await classOf(webhook)).toBe('gvisor');
    for (const kind of KINDS) api.cut(kind, 'reset');
    asked = 0;
    await sleep(1500);
    // Seven kinds, each after 0.1 s at the least, then twice that, and so on, unless it was answered in between.
    expect(asked).toBeLessThan(7 * 10);
    api.put('ClusterSandboxPolicy', asking('floor', 'vm', 2));
    await until(async () => (await classOf(webhook)) === 'kata-qemu', 20_000);
    ill = false;
  });
});
