import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LiveObjects, startLiveObjects } from '../../src/cluster/objects.ts';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { conditionsOf } from '../../src/controller/conditions.ts';
import { feed } from '../../src/controller/feed.ts';
import type { Lacks } from '../../src/controller/missing-from-guard.ts';
import { type StatusWriter, statusTask, statusWriter } from '../../src/controller/status.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { type Compilation, compile } from '../../src/policy/load.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { policy } from '../support/objects.ts';
import { until } from '../support/until.ts';

let api: FakeApiServer;
let objects: LiveObjects;
let writer: StatusWriter;
const failed: string[] = [];

const stored = (name: string, spec: object = {}, more: object = {}) => ({
  ...policy(name, spec, { uid: `uid-${name}`, generation: 1 }),
  ...more,
});
const written = () => api.calls.filter(({ method }) => method === 'PATCH');
const paths = () => written().map(({ url }) => url.pathname.slice('/apis/cofferdam.dev/v1alpha1/'.length));
const update = (): void => {
  const documents = objects.all().map(({ document }) => document);
  writer.update(objects.all(), compile(documents, { builtin: builtinPolicy('balanced'), balanced: true }));
};

beforeEach(async () => {
  failed.length = 0;
  api = new FakeApiServer();
  await api.start();
});
afterEach(async () => {
  writer?.stop();
  objects?.stop();
  await api.stop();
});

async function start(retryMs = 20): Promise<void> {
  const connection = api.connection();
  const hooks = { failed: () => undefined, recovered: () => undefined };
  objects = startLiveObjects(connection, hooks, () => undefined, 5);
  writer = statusWriter(connection.api, {
    now: Date.now,
    failed: object => failed.push(object),
    retryMs,
  });
  await until(() => objects.ready());
}

it('reaches every SandboxPolicy, though some change again before it is through, and those of operators first', async () => {
  const names = ['a', 'b', 'c', 'd'];
  for (const namespace of names) {
    const { metadata, spec } = stored('p');
    api.put('SandboxPolicy', { metadata: { ...metadata, namespace }, spec });
  }
  await start();
  api.intercept = ({ method }) => {
    if (method === 'PATCH' && written().length < 50) update();
    return false;
  };
  update();
  await until(() => written().length >= 40);
  expect(new Set(paths().slice(0, 40)).size).toBe(names.length);
  const ofOperator = 'clustersandboxpolicies/late/status';
  api.put('ClusterSandboxPolicy', stored('late'));
  await until(() => objects.all().length > names.length);
  const before = written().length;
  update();
  await until(() => written().length > before + 1);
  expect(paths().slice(before, before + 2)).toContain(ofOperator);
});

describe('the last good version of a broken object', () => {
  const good = { minimumIsolation: 'vm' };
  const bad = { minimumIsolation: 'vm', acceptDegraded: ['subPaths'] };
  const statusOf = (n: number) =>
    (written()[n]?.body as { status?: Record<string, unknown> } | undefined)?.status ?? {};
  const compiled = (previous?: Compilation) =>
    compile(
      objects.all().map(({ document }) => document),
      {
        builtin: builtinPolicy('balanced'),
        balanced: true,
        kept: objects.all().flatMap(({ lastGood }) => lastGood ?? []),
        ...(previous && { previous }),
      },
    );
  const minimumOf = ({ snapshot }: Compilation) =>
    snapshot.policies.find(({ name }) => name === 'floor')?.minimumIsolation;

  it('is kept in the status of a policy, for replicas that start afterwards, until the policy is whole', async () => {
    api.put('ClusterSandboxPolicy', stored('floor', good));
    await start();
    const before = compiled();
    api.put('ClusterSandboxPolicy', stored('floor', bad));
    await until(() =>
      objects.all().some(({ document }) => JSON.stringify(document.value).includes('subPaths')),
    );
    writer.update(objects.all(), compiled(before));
    await until(() => written().length === 1);
    expect(statusOf(0).lastGoodSpec).toBe(JSON.stringify(good));

    api.put('ClusterSandboxPolicy', stored('floor', bad, { status: statusOf(0) }));
    await until(() => objects.all().some(({ lastGood }) => lastGood !== undefined));
    const later = compiled();
    expect(minimumOf(later)).toBe('vm');
    expect(later.problems).toHaveLength(1);

    api.put('ClusterSandboxPolicy', stored('floor', good, { status: statusOf(0) }));
    await until(() => compiled().problems.length === 0);
    writer.update(objects.all(), compiled(later));
    await until(() => written().length === 2);
    expect(statusOf(1).lastGoodSpec).toBeNull();
  });

  it.each([
    ['is no JSON', '{'],
    ['is broken itself', JSON.stringify(bad)],
    ['is no spec', '"vm"'],
    ['is no text', good],
  ])('is nothing where what stands there %s', async (_, lastGoodSpec) => {
    api.put('ClusterSandboxPolicy', stored('floor', bad, { status: { lastGoodSpec } }));
    await start();
    expect(minimumOf(compiled())).toBeUndefined();
  });

  it('is not taken from the status of an exemption, which loosens', async () => {
    const spec = JSON.stringify({
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPID' }],
      owner: 'x',
      reason: 'y',
      expires: '2027-01-01T00:00:00Z',
    });
    api.put('SandboxExemption', stored('loose', {}, { status: { lastGoodSpec: spec } }));
    await start();
    expect(compiled().snapshot.exemptions).toEqual([]);
  });
});

describe('the status of objects', () => {
  it('is written beside each, by generation and for this object alone', async () => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    api.put('SandboxPolicy', {
      metadata: { name: 'tight', namespace: 'shop', uid: 'u', generation: 4 },
      spec: {},
    });
    await start();
    update();
    await until(() => written().length === 2);
    expect(paths()).toEqual([
      'clustersandboxpolicies/floor/status',
      'namespaces/shop/sandboxpolicies/tight/status',
    ]);
    expect(written()[1]?.body).toMatchObject({
      metadata: { uid: 'u' },
      status: {
        observedGeneration: 4,
        conditions: [
          { type: 'Accepted', status: 'True', observedGeneration: 4 },
          { type: 'Degraded', status: 'False', observedGeneration: 4 },
        ],
      },
    });
  });

  it('is left alone where it says so already', async () => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    await start();
    update();
    await until(() => written().length === 1);
    const body = written()[0]?.body ?? {};
    const { status } = body as { status: object };
    api.put('ClusterSandboxPolicy', stored('floor', {}, { status }));
    await until(() => objects.all()[0]?.conditions.length === 2);
    update();
    await sleep(50);
    expect(written()).toHaveLength(1);
  });

  it.each([404, 409, 422])('is let go where the object is another by now (%i)', async code => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    await start();
    api.intercept = ({ method }, response) => {
      if (method === 'PATCH') send(response, code, { message: 'no' });
      return method === 'PATCH';
    };
    update();
    await until(() => written().length === 1);
    await sleep(60);
    expect(written()).toHaveLength(1);
    expect(failed).toEqual([]);
  });

  it('is tried again where it could not be written', async () => {
    api.put('ClusterSandboxPolicy', stored('a'));
    api.put('ClusterSandboxPolicy', stored('b'));
    await start();
    let broken = true;
    api.intercept = ({ method, url }, response) => {
      const refuse = broken && method === 'PATCH' && url.pathname.endsWith('/a/status');
      if (refuse) send(response, 500, { message: 'no' });
      return refuse;
    };
    update();
    await until(() => failed.length >= 2);
    broken = false;
    const before = paths().filter(path => path.includes('/a/')).length;
    await until(() => paths().filter(path => path.includes('/a/')).length > before);
    expect(paths().filter(path => path.includes('/b/'))).toHaveLength(1);
    expect(new Set(failed)).toEqual(new Set(['ClusterSandboxPolicy/a']));
  });
});

describe('where the API server is not well', () => {
  /** Has each write, or those of some, refused. */
  const refuse = (refused: (path: string) => boolean, code = 503): void => {
    api.intercept = ({ method, url }, response) => {
      const isRefused = method === 'PATCH' && refused(url.pathname);
      if (isRefused) send(response, code, { message: 'the server is overloaded' });
      return isRefused;
    };
  };
  const many = (count: number): void => {
    for (let i = 0; i < count; i++) api.put('ClusterSandboxPolicy', stored(`p${i}`));
  };
  /** Long enough for many more calls. */
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 500; i++) await new Promise(resolve => setImmediate(resolve));
  };

  it.each([429, 503, 403])('a few writes are tried, and the others later: %i', async code => {
    many(40);
    await start(60_000);
    refuse(() => true, code);
    update();
    await until(() => written().length >= 5);
    await turns();
    expect(written()).toHaveLength(5);
    expect(failed).toHaveLength(5);
  });

  it('all are written once it is, also those behind some that never can be', async () => {
    many(40);
    await start();
    refuse(() => true);
    update();
    await until(() => written().length >= 20);
    const isBad = (path: string): boolean => /\/p[0-6]\//.test(path);
    refuse(isBad);
    const good = () => new Set(paths().filter(path => !isBad(path)));
    await until(() => good().size === 33);
  });
});

describe('the task of the leader', () => {
  it('writes what is loaded by then, follows what comes, and writes nothing more once it has ended', async () => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    await start();
    const loads = feed<LoadedObjects>();
    const load = (): void => {
      const documents = objects.all().map(({ document }) => document);
      const result = compile(documents, { builtin: builtinPolicy('balanced'), balanced: true });
      loads.push({ objects: objects.all(), result });
    };
    load();
    const stopping = new AbortController();
    const hooks = { now: Date.now, failed: (object: string) => void failed.push(object), retryMs: 20 };
    const running = statusTask(api.connection().api, loads, hooks).run(stopping.signal);
    await until(() => written().length === 1);
    api.put('ClusterSandboxPolicy', stored('second'));
    await until(() => objects.all().length === 2);
    load();
    await until(() => paths().includes('clustersandboxpolicies/second/status'));
    api.intercept = ({ method }) => method === 'PATCH';
    load();
    await until(() => written().length > 3);
    stopping.abort();
    await running;
    const before = written().length;
    load();
    await sleep(60);
    expect(written()).toHaveLength(before);
    expect(failed).toEqual([]);
  });

  it('says of the cluster objects that are too large for the guard that they are, and that it is over', async () => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    api.put('ClusterSandboxPolicy', stored('wide'));
    await start();
    const [loads, guards] = [feed<LoadedObjects>(), feed<Lacks>()];
    const documents = objects.all().map(({ document }) => document);
    const result = compile(documents, { builtin: builtinPolicy('balanced'), balanced: true });
    loads.push({ objects: objects.all(), result });
    const stopping = new AbortController();
    const hooks = { now: Date.now, failed: (object: string) => void failed.push(object), retryMs: 20 };
    const running = statusTask(api.connection().api, loads, hooks, guards).run(stopping.signal);
    await until(() => written().length === 2);
    const nothing = { leftOut: new Map(), rulesOfWebhook: [], clusterLeftOut: [] };
    const stopped = {
      because: 'too-large',
      what: 'the guard would be large',
      objects: [{ kind: 'ClusterSandboxPolicy', name: 'wide', bytes: 9000 }],
    } as const;
    const said = () =>
      written()
        .slice(2)
        .filter(({ url }) => url.pathname.endsWith('/wide/status'))
        .flatMap(({ body }) => (body as { status: { conditions: { reason: string }[] } }).status.conditions)
        .map(({ reason }) => reason);
    guards.push({ ...nothing, stopped });
    await until(() => said().at(-1) === 'NotInGuard');
    guards.push(nothing);
    await until(() => said().at(-1) === 'AsWritten');
    stopping.abort();
    await running;
  });

  it('leaves alone what another leader has written since it was loaded', async () => {
    api.put('ClusterSandboxPolicy', stored('floor'));
    await start();
    const loads = feed<LoadedObjects>();
    const all = objects.all();
    const documents = all.map(({ document }) => document);
    const result = compile(documents, { builtin: builtinPolicy('balanced'), balanced: true });
    loads.push({ objects: all, result, stored: objects.all });
    const [first] = all;
    const since = '2026-01-01T00:00:00Z';
    const conditions = first && conditionsOf(first, result, Date.parse(since));
    api.put('ClusterSandboxPolicy', stored('floor', {}, { status: { observedGeneration: 1, conditions } }));
    await until(() => objects.all()[0]?.conditions.length === 2);
    const stopping = new AbortController();
    const hooks = { now: Date.now, failed: (object: string) => void failed.push(object), retryMs: 20 };
    const running = statusTask(api.connection().api, loads, hooks).run(stopping.signal);
    await sleep(60);
    stopping.abort();
    await running;
    expect(written()).toEqual([]);
  });
});
