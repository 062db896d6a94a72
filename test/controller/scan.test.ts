import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { feed } from '../../src/controller/feed.ts';
import { scanTask } from '../../src/controller/scan/task.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { Mode } from '../../src/pod/mode.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { viewOf } from '../support/cluster.ts';
import { documentOf } from '../support/documents.ts';
import { ObjectStore } from '../support/object-store.ts';
import { namespace, runtimeClass } from '../support/objects.ts';
import { until } from '../support/until.ts';
import { World } from './world.ts';

const MINUTE = 60_000;

let api: FakeApiServer;
let reports: ObjectStore;
let registry: Registry;
let world: World;
let logged: Record<string, unknown>[];
let policies = feed<LoadedObjects>();
let classes = feed<void>();
let stopping: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  logged = [];
  world = new World();
  registry = new Registry();
  policies = feed();
  classes = feed();
  stopping = new AbortController();
  running = Promise.resolve();
  reports = new ObjectStore('/apis/openreports.io/v1alpha1', 'reports');
  api = new FakeApiServer();
  api.intercept = (call, response) => reports.answer(call, response);
  await api.start();
});
afterEach(async () => {
  stopping.abort();
  await running;
  await api.stop();
});

const load = (...specs: object[]): void => {
  const documents = specs.map((spec, i) =>
    documentOf({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'ClusterSandboxPolicy',
      metadata: { name: `p${i}` },
      spec,
    }),
  );
  const result = compile(documents, { builtin: builtinPolicy('balanced'), balanced: true });
  policies.push({ objects: [], result });
};

const pod = (
  name: string,
  { spec = {}, labels = {}, namespace: ns = 'shop', ...rest }: Record<string, object | string> = {},
) => ({
  metadata: { name, namespace: ns as string, uid: `uid-${name}`, labels },
  spec: { containers: [{ name: 'app', image: 'app:1' }], ...(spec as object) },
  status: { phase: 'Running' },
  ...rest,
});
const RISKY = { labels: { 'cofferdam.dev/risk': 'high' } };

const VIEW = [
  runtimeClass('gvisor', 'runsc'),
  runtimeClass('kata', 'kata-qemu'),
  ...['shop', 'other', 'skipped', 'kube-system', ...Array.from({ length: 9 }, (_, i) => `ns-${i}`)].map(
    name => namespace(name),
  ),
  namespace('off', { 'cofferdam.dev/mode': 'off' }),
  namespace('labelled', { 'cofferdam.dev/mode': 'audit' }),
];

interface Options {
  readonly ready?: () => boolean;
  readonly defaultMode?: Mode;
}

function start({ ready = () => true, defaultMode = 'warn' }: Options = {}): void {
  const task = scanTask({
    api: api.connection().api,
    view: { ...viewOf(...VIEW), ready },
    ...{ policies, classes, registry, clock: world.clock() },
    intervalMs: 10 * MINUTE,
    skipNamespaces: ['skipped'],
    defaultMode,
    log: createLogger('debug', line => logged.push(JSON.parse(line))),
  });
  running = task.run(stopping.signal);
}

const scans = () => logged.filter(({ msg }) => msg === 'scanned');
/** One of thousands of Pods is a second of work, and more on a machine that is busy. */
const SCAN_MS = 20_000;
const scanned = (n: number) => until(() => scans().length >= n, SCAN_MS);
async function started(options?: Options): Promise<void> {
  start(options);
  await world.pass(1000);
  await scanned(1);
}
async function again(): Promise<void> {
  const before = scans().length;
  await world.pass(11 * MINUTE);
  await scanned(before + 1);
}
const metrics = async (): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter(line => /^cofferdam_(pods|scan_failures)/.test(line));

interface Written {
  readonly metadata: object;
  readonly summary: object;
  readonly results: {
    readonly resources: { readonly name: string }[];
    readonly result: string;
    readonly timestamp: object;
  }[];
}
const report = (ns = 'shop') => reports.get(ns) as Written | undefined;
const results = (ns?: string) => report(ns)?.results.map(one => `${one.resources?.[0]?.name} ${one.result}`);

describe('a scan', () => {
  it('counts Pods by namespace, verdict and isolation, and reports those that are not as they should be', async () => {
    load();
    api.put('Pod', pod('fine'));
    api.put('Pod', pod('isolated', { ...RISKY, spec: { runtimeClassName: 'gvisor' } }));
    api.put('Pod', pod('bare', RISKY));
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    api.put('Pod', pod('clean', { namespace: 'other' }));
    await started();
    expect(await metrics()).toEqual([
      'cofferdam_scan_failures_total 0',
      'cofferdam_pods{resource_namespace="shop",verdict="admit",isolation="host-kernel"} 1',
      'cofferdam_pods{resource_namespace="shop",verdict="admit",isolation="app-kernel"} 1',
      'cofferdam_pods{resource_namespace="shop",verdict="sandbox",isolation="host-kernel"} 1',
      'cofferdam_pods{resource_namespace="shop",verdict="reject",isolation="host-kernel"} 1',
      'cofferdam_pods{resource_namespace="other",verdict="admit",isolation="host-kernel"} 1',
      'cofferdam_pods_drifted{resource_namespace="shop"} 2',
    ]);
    expect(results()).toEqual(['host fail', 'bare warn']);
    expect(report()?.summary).toEqual({ pass: 2, fail: 1, warn: 1, error: 0, skip: 0 });
    expect(report('other')).toBeUndefined();
    expect(scans()).toEqual([
      expect.objectContaining({ pods: 5, namespaces: 2, rejected: 1, drifted: 2, reportsWritten: 1 }),
    ]);
  });

  it('leaves out what has ended or is ending, and what no webhook is called for', async () => {
    load();
    const bad = { hostPID: true };
    api.put('Pod', pod('done', { spec: bad, status: { phase: 'Succeeded' } }));
    api.put('Pod', {
      ...pod('going', { spec: bad }),
      metadata: { name: 'going', namespace: 'shop', deletionTimestamp: '2026-11-24T00:00:00Z' },
    });
    for (const ns of ['kube-system', 'off', 'skipped', 'not-known']) {
      api.put('Pod', pod('p', { namespace: ns, spec: bad }));
    }
    await started();
    expect(reports.writes).toEqual([]);
    expect(await metrics()).toEqual(['cofferdam_scan_failures_total 0']);
    expect(scans()[0]).toMatchObject({ pods: 6, namespaces: 0 });
  });

  it('asks only labelled namespaces where the others have no webhook', async () => {
    load();
    for (const ns of ['labelled', 'shop'])
      api.put('Pod', pod('p', { namespace: ns, spec: { hostPID: true } }));
    await started({ defaultMode: 'off' });
    expect(reports.writes).toEqual(['POST labelled/cofferdam']);
  });

  it('takes a class that is gone, and a handler that nobody knows, for the host kernel', async () => {
    load();
    api.put('Pod', pod('gone', { ...RISKY, spec: { runtimeClassName: 'deleted' } }));
    await started();
    expect(results()).toEqual(['gone fail']);
    expect(await metrics()).toContain('cofferdam_pods_drifted{resource_namespace="shop"} 1');
  });

  it('reports a Pod that cannot be read as an error', async () => {
    load();
    api.put('Pod', pod('odd', { spec: { containers: 'none' } }));
    await started();
    expect(results()).toEqual(['odd error']);
  });

  it('reads no more of a Pod than the webhook, which lets one through where it refuses nothing', async () => {
    load();
    api.put('Pod', pod('many', { spec: { imagePullSecrets: Array(100_001).fill({}) } }));
    await started();
    expect(results()).toEqual(['many error']);
  });

  it('waits until the cluster and the policies are known', async () => {
    let ready = false;
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    start({ ready: () => ready });
    await world.pass(5000);
    load();
    await world.pass(5000);
    expect(api.lists('Pod')).toBe(0);
    ready = true;
    await world.pass(1000);
    await scanned(1);
  });

  it('reads all pages, and goes on in a newer version where its own is gone', async () => {
    load();
    for (let i = 0; i < 250; i++) api.put('Pod', pod(`p${i}`, { spec: { hostPID: true } }));
    let gone = true;
    api.intercept = (call, response) => {
      if (gone && call.url.pathname === '/api/v1/pods' && call.url.searchParams.get('continue') === '100') {
        gone = false;
        send(response, 410, { message: 'expired', metadata: { continue: '101' } });
        return true;
      }
      return reports.answer(call, response);
    };
    await started();
    expect(report()?.summary).toMatchObject({ fail: 249 });
    expect(
      api.calls
        .filter(({ url }) => url.pathname === '/api/v1/pods')
        .map(({ url }) => url.searchParams.get('limit')),
    ).toEqual(['20', '80', '100', '100', '100']);
  });

  it('holds no more than a report shows of a namespace with very many', async () => {
    load();
    for (let i = 0; i < 1300; i++)
      api.put('Pod', pod(`p${String(i).padStart(4, '0')}`, { spec: { hostPID: true } }));
    await started();
    expect(report()?.summary).toMatchObject({ fail: 1300 });
    expect(results()?.slice(0, 2)).toEqual(['p0000 fail', 'p0001 fail']);
    expect(report()?.results).toHaveLength(501);
    expect(report()?.results.at(-1)).toMatchObject({ properties: { leftOut: '800' } });
  });

  it('fails where the Pods of a namespace stand in two places, as a report would be half of one', async () => {
    load();
    for (const [i, ns] of ['shop', 'other', 'shop'].entries())
      api.put('Pod', pod(`p${i}`, { namespace: ns }));
    start();
    await world.pass(1000);
    await until(() => logged.some(({ msg }) => String(msg).startsWith('the scan failed')));
    expect(await metrics()).toEqual(['cofferdam_scan_failures_total 1']);
  });
});

describe('scans', () => {
  it('come by the interval', async () => {
    load();
    api.put('Pod', pod('fine'));
    await started();
    await world.pass(8 * MINUTE);
    expect(api.lists('Pod')).toBe(1);
    await world.pass(3 * MINUTE);
    await scanned(2);
  });

  it('come soon after policies or classes have changed, once for all that changes together', async () => {
    load();
    api.put('Pod', pod('fine'));
    await started();
    load({ minimumIsolation: 'app-kernel' });
    load({ minimumIsolation: 'app-kernel' });
    await world.pass(4900);
    expect(api.lists('Pod')).toBe(1);
    await world.pass(200);
    await scanned(2);
    expect(results()).toEqual(['fine warn']);
    classes.push();
    await world.pass(5100);
    await scanned(3);
    await world.pass(MINUTE);
    expect(api.lists('Pod')).toBe(3);
  });

  it('are one at a time: what changes during one starts the next', async () => {
    load();
    api.put('Pod', pod('fine'));
    let hold: (() => void) | undefined;
    api.intercept = (call, response) => {
      if (call.url.pathname !== '/api/v1/pods' || hold) return reports.answer(call, response);
      hold = () => send(response, 200, { metadata: {}, items: [] });
      return true;
    };
    start();
    await world.pass(1000);
    await until(() => hold !== undefined);
    load({ minimumIsolation: 'vm' });
    await world.pass(MINUTE);
    expect(api.lists('Pod')).toBe(1);
    hold?.();
    await scanned(1);
    await world.pass(MINUTE + 1000);
    await scanned(2);
  });

  it('that fail are counted, leave what was known, and are tried again within a minute', async () => {
    load();
    api.put('Pod', pod('bare', RISKY));
    await started();
    api.intercept = (call, response) => {
      if (call.url.pathname !== '/api/v1/pods') return reports.answer(call, response);
      send(response, 500, { message: 'no' });
      return true;
    };
    await world.pass(11 * MINUTE);
    await until(() => logged.some(({ msg }) => String(msg).startsWith('the scan failed')));
    expect(await metrics()).toContain('cofferdam_pods_drifted{resource_namespace="shop"} 1');
    expect(await metrics()).toContain('cofferdam_scan_failures_total 1');
    api.intercept = (call, response) => reports.answer(call, response);
    await world.pass(MINUTE);
    await scanned(2);
  });

  it('that fail again and again are ever further apart, up to five minutes', async () => {
    load();
    await started();
    let fails = true;
    api.intercept = (call, response) => {
      if (!fails || call.url.pathname !== '/api/v1/pods') return reports.answer(call, response);
      send(response, 500, { message: 'no' });
      return true;
    };
    const failures = () => logged.filter(({ msg }) => String(msg).startsWith('the scan failed')).length;
    await world.pass(11 * MINUTE);
    await until(() => failures() === 1);
    const apart: number[] = [];
    while (apart.length < 5) {
      const before = failures();
      let minutes = 0;
      for (; failures() === before && minutes < 20; minutes++) {
        await world.pass(MINUTE);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      apart.push(minutes);
    }
    expect(apart).toEqual([1, 2, 4, 5, 5]);
    fails = false;
    await world.pass(10 * MINUTE);
    await scanned(2);
  });

  it('end when they are told to, in the middle of one, and take their metrics along', async () => {
    load();
    for (let i = 0; i < 5000; i++) api.put('Pod', pod(`p${i}`));
    start();
    await world.pass(1000);
    await until(() => api.lists('Pod') > 3);
    stopping.abort();
    await running;
    const after = api.lists('Pod');
    await world.pass(MINUTE);
    expect(after).toBeLessThan(50);
    expect(api.lists('Pod')).toBe(after);
    expect(await registry.metrics()).toBe('\n');
    expect(logged.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('forget a namespace that is gone', async () => {
    load();
    api.put('Pod', pod('fine'));
    api.put('Pod', pod('also', { namespace: 'other' }));
    await started();
    api.remove('Pod', 'also', 'other');
    await again();
    expect((await metrics()).filter(line => line.includes('other'))).toEqual([]);
  });
});

describe('reports', () => {
  it('are not written where they say the same, by this leader or the next', async () => {
    load();
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    await started();
    await again();
    expect(reports.writes).toEqual(['POST shop/cofferdam']);
    const gets = () => api.calls.filter(({ url }) => url.pathname.endsWith('/reports/cofferdam')).length;
    expect(gets()).toBe(0);
    stopping.abort();
    await running;
    stopping = new AbortController();
    logged.length = 0;
    await started();
    expect(gets()).toBe(1);
    expect(reports.writes).toEqual(['POST shop/cofferdam']);
  });

  it('are updated in place, keep what is not theirs, and when a thing was first found', async () => {
    load();
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    await started();
    const before = report()?.results[0]?.timestamp;
    const stored = report() as Written;
    reports.objects.set('shop/cofferdam', {
      ...stored,
      metadata: { ...stored.metadata, annotations: { theirs: 'x' } },
    } as never);
    api.put('Pod', pod('bare', RISKY));
    await again();
    expect(reports.writes).toEqual(['POST shop/cofferdam', 'PUT shop/cofferdam']);
    expect(results()).toEqual(['host fail', 'bare warn']);
    expect(report()).toMatchObject({ metadata: { annotations: { theirs: 'x' } } });
    expect(report()?.results[0]?.timestamp).toEqual(before);
    expect(report()?.results[1]?.timestamp).not.toEqual(before);
  });

  it('that somebody changed are put right', async () => {
    load();
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    await started();
    const stored = report() as Written;
    reports.objects.set('shop/cofferdam', {
      ...stored,
      results: [],
      metadata: { ...stored.metadata, labels: {}, resourceVersion: '99' },
    } as never);
    await again();
    expect(results()).toEqual(['host fail']);
    expect(report()?.metadata).toMatchObject({ labels: { 'app.kubernetes.io/managed-by': 'cofferdam' } });
  });

  it.each<[string, object]>([
    ['bytes', { notes: 'x'.repeat(1_400_000) }],
    ['values', { notes: Array.from({ length: 400_000 }, () => 0) }],
    ['levels', { notes: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) }],
  ])('that somebody made too large to be read, of %s, are made anew', async (_, more) => {
    load();
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    const metadata = { name: 'cofferdam', namespace: 'shop', resourceVersion: '99' };
    reports.objects.set('shop/cofferdam', { metadata, ...more } as never);
    await started();
    expect(reports.writes).toEqual(['DELETE shop/cofferdam', 'POST shop/cofferdam']);
    expect(results()).toEqual(['host fail']);
    expect(await metrics()).toContain('cofferdam_scan_failures_total 0');
  });

  it('that are too large to be read, and that a finalizer keeps, are counted as a failure', async () => {
    load();
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    const metadata = { name: 'cofferdam', namespace: 'shop', resourceVersion: '99' };
    reports.objects.set('shop/cofferdam', { metadata, notes: 'x'.repeat(1_400_000) } as never);
    api.intercept = (call, response) => {
      if (call.method !== 'DELETE') return reports.answer(call, response);
      send(response, 200, {});
      return true;
    };
    await started();
    expect(logged).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('kept by a finalizer') }),
    );
    expect(await metrics()).toContain('cofferdam_scan_failures_total 1');
  });

  it('are removed when clean, and when no Pod is left; those of others are let be', async () => {
    load();
    reports.objects.set('shop/theirs', { metadata: { name: 'theirs', namespace: 'shop' } });
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    api.put('Pod', pod('bare', { namespace: 'other', ...RISKY }));
    await started();
    api.remove('Pod', 'host', 'shop');
    api.put('Pod', pod('bare', { namespace: 'other' }));
    await again();
    expect(reports.writes.toSorted()).toEqual([
      'DELETE other/cofferdam',
      'DELETE shop/cofferdam',
      'POST other/cofferdam',
      'POST shop/cofferdam',
    ]);
    expect(reports.objects.has('shop/theirs')).toBe(true);
  });

  it('are done without where the cluster has none, which is told once, and looked for again', async () => {
    load();
    reports.served = false;
    api.put('Pod', pod('host', { spec: { hostPID: true } }));
    await started();
    await again();
    const told = () =>
      logged.map(({ msg }) => String(msg)).filter(msg => msg.includes('reports.openreports.io'));
    expect(told()).toEqual([expect.stringContaining('does not serve reports.openreports.io')]);
    expect(await metrics()).toContain('cofferdam_pods_drifted{resource_namespace="shop"} 1');
    expect(await metrics()).toContain('cofferdam_scan_failures_total 0');
    reports.served = true;
    await again();
    expect(results()).toEqual(['host fail']);
    expect(told()).toHaveLength(2);
  });

  it('that cannot be written are counted and told once, and come later; a namespace that goes is no failure', async () => {
    load();
    for (let i = 0; i < 9; i++)
      api.put('Pod', pod('host', { namespace: `ns-${i}`, spec: { hostPID: true } }));
    let message = 'forbidden because it is being terminated';
    api.intercept = (call, response) => {
      if (call.method !== 'POST' || message === '') return reports.answer(call, response);
      send(response, 403, { message });
      return true;
    };
    await started();
    const told = () => logged.filter(({ msg }) => msg === 'some reports of the scan could not be written');
    expect(told()).toEqual([]);
    message = 'reports.openreports.io is forbidden';
    await again();
    expect(told()).toEqual([expect.objectContaining({ reports: 9, reason: message })]);
    expect(await metrics()).toContain('cofferdam_scan_failures_total 1');
    message = '';
    await world.pass(MINUTE);
    await scanned(3);
    expect(reports.writes).toHaveLength(9);
  });

  it('are not tried one after the other where the API server is not well', async () => {
    load();
    for (let i = 0; i < 9; i++)
      api.put('Pod', pod('host', { namespace: `ns-${i}`, spec: { hostPID: true } }));
    const posts = () => api.calls.filter(({ method }) => method === 'POST').length;
    let isWell = false;
    api.intercept = (call, response) => {
      if (isWell || call.method !== 'POST') return reports.answer(call, response);
      send(response, 503, { message: 'etcdserver: too many requests' });
      return true;
    };
    await started();
    // Four fail, and three may be under way beside the last of these.
    expect(posts()).toBeLessThan(8);
    expect(logged).toContainEqual(
      expect.objectContaining({ reports: 9, reason: 'etcdserver: too many requests' }),
    );
    isWell = true;
    await world.pass(MINUTE);
    await scanned(2);
    expect(reports.writes).toHaveLength(9);
  });
});
