import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { type LiveView, startLiveView } from '../../src/cluster/live.ts';
import { OWN_CHARACTERS, SHARED_CHARACTERS } from '../../src/cluster/namespace-room.ts';
import { decide } from '../../src/decision/decide.ts';
import type { ApiCall } from '../../src/kube/api.ts';
import { minimalPod } from '../fixtures/pods.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { until } from '../support/until.ts';
import { viewContract } from './contract.ts';

const BACKOFF = { firstMs: 5, longestMs: 20, steadyMs: 10 };

let server: FakeApiServer;
let views: LiveView[];
let said: string[];
beforeEach(async () => {
  server = new FakeApiServer();
  views = [];
  said = [];
  await server.start();
});
afterEach(async () => {
  for (const view of views) view.stop();
  await server.stop();
});

function start(connection = server.connection()): LiveView {
  const view = startLiveView(connection, {
    failed: what => said.push(`${what} failed`),
    recovered: what => said.push(`${what} recovered`),
    beyond: (what, why) => said.push(`${what}: ${why}`),
    backoff: BACKOFF,
    refillMs: 20,
  });
  views.push(view);
  return view;
}

async function started(connection = server.connection()): Promise<LiveView> {
  const view = start(connection);
  await until(() => view.ready());
  await until(() => ['RuntimeClass', 'Node', 'Namespace'].every(kind => server.watches(kind) === 1));
  return view;
}

const putAll = (objects: readonly object[]): void => {
  for (const object of objects) server.put((object as { kind: string }).kind, object);
};
const label = (view: LiveView, name: string) => view.namespace(name)?.labels.v;

viewContract('a live view', async objects => {
  putAll(objects);
  return started();
});

viewContract('a live view that learns of everything by watching', async objects => {
  const view = await started();
  putAll([...objects, runtimeClass('zz', 'zz'), node('zz', [{ name: 'zz' }]), namespace('zz')]);
  for (const kind of ['RuntimeClass', 'Node', 'Namespace']) server.remove(kind, 'zz');
  // Each kind has its own stream, so each is waited for.
  const isThere = {
    RuntimeClass: () => view.runtimeClass('last') !== undefined,
    Node: () => view.nodes()?.having('last').length === 1,
    Namespace: () => view.namespace('last') !== undefined,
  };
  putAll([runtimeClass('last', 'last'), node('last', [{ name: 'last' }]), namespace('last')]);
  for (const holds of Object.values(isThere)) await until(holds);
  for (const kind of Object.keys(isThere)) server.remove(kind, 'last');
  for (const holds of Object.values(isThere)) await until(() => !holds());
  return view;
});

describe('what a live view answers', () => {
  it('follows changes and removals', async () => {
    putAll([namespace('shop', { v: '1' }), runtimeClass('gvisor', 'runsc'), node('a', [{ name: 'runsc' }])]);
    const view = await started();
    server.put('Namespace', namespace('shop', { v: '2' }));
    await until(() => label(view, 'shop') === '2');
    server.put('Node', node('a', [{ name: 'runc' }]));
    await until(() => view.nodes()?.having('runsc').length === 0);
    server.remove('RuntimeClass', 'gvisor');
    await until(() => view.runtimeClass('gvisor') === undefined);
    expect(view.runtimeClasses()).toEqual([]);
    server.remove('Namespace', 'shop');
    await until(() => view.namespace('shop') === undefined);
  });

  it('is the same object until something that is used has changed', async () => {
    putAll([runtimeClass('gvisor', 'runsc'), node('a', [{ name: 'runsc' }])]);
    const view = await started();
    const [classes, nodes] = [view.runtimeClasses(), view.nodes()?.having('runsc')];
    const heartbeat = { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-24T00:00:00Z' };
    const one = node('a', [{ name: 'runsc' }]);
    server.put('Node', { ...one, status: { ...one.status, conditions: [heartbeat] } });
    server.put('Node', node('b', [{ name: 'runc' }]));
    await until(() => view.nodes()?.having('runc').length === 1);
    expect(view.runtimeClasses()).toBe(classes);
    expect(view.nodes()?.having('runsc')[0]).toBe(nodes?.[0]);
    server.put('RuntimeClass', runtimeClass('kata', 'kata'));
    await until(() => view.runtimeClasses() !== classes);
  });

  it('finds nodes by a class that came later', async () => {
    putAll([node('a', undefined, { labels: { sandbox: 'gvisor' } })]);
    const view = await started();
    expect(view.nodes()?.having('runsc')).toEqual([]);
    server.put(
      'RuntimeClass',
      runtimeClass('g', 'runsc', { scheduling: { nodeSelector: { sandbox: 'gvisor' } } }),
    );
    await until(() => view.nodes()?.having('runsc').length === 1);
  });

  it('leaves out what an object has too much of, and says so once for each', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'x']));
    putAll([node('a', [{ name: 'runsc' }], { labels: many(513) }), namespace('shop', many(251))]);
    const view = await started();
    const expected = ['Namespace/shop: more than 250 labels', 'Node/a: more than 512 labels'];
    expect(said.toSorted()).toEqual(expected);
    server.put('Node', node('a', [{ name: 'runsc' }], { labels: many(512) }));
    await until(() => view.nodes()?.having('runsc').length === 1);
    server.put('Node', node('a', [{ name: 'runsc' }], { labels: many(514) }));
    await until(() => view.nodes()?.having('runsc').length === 0);
    expect(said).toHaveLength(2);
    server.remove('Node', 'a');
    await until(() => view.nodes()?.fields.get('metadata.name')?.values.get('a') === undefined);
    server.put('Node', node('a', [], { labels: many(513) }));
    await until(() => said.length === 3);
  });

  it('holds the long labels of as many namespaces as there is room for, and those of the others once there is room again', async () => {
    /** 16,000 characters, which one namespace may have. */
    const long = (i: number) =>
      Object.fromEntries(
        Array.from({ length: 50 }, (_, j) => [`n${i}.${'a.'.repeat(100)}a/${'k'.repeat(105)}${j}`, 'x']),
      );
    const COUNT = 1000;
    const names = Array.from({ length: COUNT }, (_, i) => `many-${i}`);
    putAll(names.map((name, i) => namespace(name, { ...long(i), 'cofferdam.dev/mode': 'inject' })));
    putAll([namespace('zz', { v: '1' })]);
    const view = await started();
    const without = () => names.filter(name => view.namespace(name)?.beyond !== undefined);
    const characters = names.reduce(
      (sum, name) => sum + JSON.stringify(view.namespace(name)?.labels).length,
      0,
    );
    expect(characters).toBeLessThan(1.2 * (SHARED_CHARACTERS + COUNT * OWN_CHARACTERS));
    expect(view.namespace('zz')).toEqual({ name: 'zz', labels: { v: '1' } });
    const found = without();
    expect(found.length).toBeGreaterThan(COUNT / 4);
    expect(view.namespace(found[0] ?? '')?.labels).toEqual({ 'cofferdam.dev/mode': 'inject' });
    for (const name of names.slice(0, COUNT / 2)) server.remove('Namespace', name);
    await until(() => without().length === 0);
  });

  it('leaves out an object of more values than are read, whether it is listed or watched, and of whatever they are', async () => {
    const annotations = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`a${i}`, 'x']));
    const large = <T extends { readonly metadata: object }>(one: T): T => ({
      ...one,
      metadata: { ...one.metadata, annotations },
    });
    putAll([large(node('a', [{ name: 'runsc' }])), large(namespace('shop')), node('b', [{ name: 'runsc' }])]);
    const view = await started();
    expect(
      view
        .nodes()
        ?.having('runsc')
        .map(one => one.name),
    ).toEqual(['b']);
    expect(view.namespace('shop')?.beyond).toBeDefined();
    server.put('Node', node('a', [{ name: 'runsc' }]));
    server.put('Namespace', namespace('shop'));
    await until(
      () => view.nodes()?.having('runsc').length === 2 && view.namespace('shop')?.beyond === undefined,
    );
    server.put('Node', large(node('a', [{ name: 'runsc' }])));
    server.put('Namespace', large(namespace('shop')));
    await until(
      () => view.nodes()?.having('runsc').length === 1 && view.namespace('shop')?.beyond !== undefined,
    );
    expect(said.toSorted()).toEqual([
      'Namespace/shop: more than 10000 values',
      'Node/a: more than 10000 values',
    ]);
  });

  it('comes in pages where there is much', async () => {
    putAll(Array.from({ length: 203 }, (_, i) => namespace(`n-${i}`)));
    const view = await started();
    expect(view.namespace('n-202')).toBeDefined();
    expect(server.lists('Namespace')).toBe(3);
  });

  it('is listed from its beginning where the pages were compacted away', async () => {
    putAll(Array.from({ length: 600 }, (_, i) => namespace(`n-${i}`)));
    let gone = true;
    server.intercept = ({ url }, response) => {
      if (!gone || !url.searchParams.has('continue')) return false;
      gone = false;
      send(response, 410, { message: 'the provided continue parameter is too old' });
      return true;
    };
    const view = await started();
    expect(view.namespace('n-599')).toBeDefined();
    expect(said).toEqual([]);
  });
});

describe('a live view is ready', () => {
  it('once all kinds were listed, and not before', async () => {
    let open = false;
    server.intercept = ({ url }, response) => {
      if (open || !url.pathname.endsWith('/nodes')) return false;
      send(response, 503, { message: 'the server is starting' });
      return true;
    };
    const view = start();
    await until(() => server.lists('Node') > 3 && server.watches('Namespace') === 1);
    expect(view.ready()).toBe(false);
    open = true;
    await until(() => view.ready());
    const [lost, found] = ['the watch of Node objects failed', 'the watch of Node objects recovered'];
    await until(() => said.length === 2);
    server.cut('Node', 'end');
    await until(() => server.asked('Node').length === 2 && server.watches('Node') === 1);
    expect(said).toEqual([lost, found]);
    server.cut('Node', 'reset');
    await until(() => said.length === 4);
    expect(said).toEqual([lost, found, lost, found]);
  });

  it('where the API server is only started later', async () => {
    putAll([namespace('shop')]);
    const connection = server.connection();
    await server.stop();
    const view = startLiveView(connection, {
      failed: () => undefined,
      recovered: () => undefined,
      backoff: BACKOFF,
    });
    views.push(view);
    await sleep(50);
    expect(view.ready()).toBe(false);
    await server.start();
    await until(() => view.ready());
    expect(view.namespace('shop')).toBeDefined();
  });
});

describe('a live view is back in step', () => {
  it.each(['end', 'reset'] as const)('after its watch was cut (%s), without listing again', async how => {
    putAll([namespace('shop', { v: '1' })]);
    const view = await started();
    server.cut('Namespace', how);
    server.put('Namespace', namespace('shop', { v: '2' }));
    await until(() => label(view, 'shop') === '2');
    expect(server.lists('Namespace')).toBe(1);
  });

  it('after a restart of the API server, in which things changed and watches cannot go on', async () => {
    putAll([namespace('shop', { v: '1' }), namespace('gone')]);
    const view = await started();
    await server.stop();
    expect(label(view, 'shop')).toBe('1');
    server.put('Namespace', namespace('shop', { v: '2' }));
    server.remove('Namespace', 'gone');
    server.compact();
    await sleep(30);
    await server.start();
    await until(() => label(view, 'shop') === '2');
    expect(view.namespace('gone')).toBeUndefined();
    expect(view.ready()).toBe(true);
    await until(() => server.watches('Namespace') === 1 && server.watches('Node') === 1);
    server.put('Namespace', namespace('new'));
    await until(() => view.namespace('new') !== undefined);
  });

  it('after 410 Gone in the middle of a watch', async () => {
    putAll([namespace('shop', { v: '1' })]);
    const view = await started();
    server.compact();
    const gone = {
      kind: 'Status',
      code: 410,
      message: 'The resourceVersion for the provided watch is too old.',
    };
    server.say('Namespace', JSON.stringify({ type: 'ERROR', object: gone }));
    await until(() => server.lists('Namespace') === 2);
    server.put('Namespace', namespace('shop', { v: '2' }));
    await until(() => label(view, 'shop') === '2');
  });

  it('after 410 as the answer to a watch', async () => {
    const view = await started();
    let refused = false;
    server.intercept = ({ url }, response) => {
      if (refused || !url.searchParams.has('watch')) return false;
      refused = true;
      send(response, 410, { message: 'too old resource version' });
      return true;
    };
    server.cut('Namespace', 'end');
    await until(() => server.lists('Namespace') === 2);
    server.put('Namespace', namespace('shop'));
    await until(() => view.namespace('shop') !== undefined);
  });

  it('from a bookmark, where nothing else came', async () => {
    const view = await started();
    const before = view.informers.find(({ kind }) => kind === 'Namespace')?.heard ?? 0;
    await sleep(5);
    const version = server.bookmark('Namespace');
    await until(() => (view.informers.find(({ kind }) => kind === 'Namespace')?.heard ?? 0) > before);
    server.compact();
    server.cut('Namespace', 'end');
    await until(() => server.asked('Namespace').length === 2);
    const [first, second] = server.asked('Namespace');
    expect(first?.get('allowWatchBookmarks')).toBe('true');
    expect(second?.get('resourceVersion')).toBe(version);
    expect(server.lists('Namespace')).toBe(1);
  });

  it.each([
    ['an event without an object', '{"type":"ADDED"}'],
    ['an object without a name', '{"type":"MODIFIED","object":{"metadata":{}}}'],
    ['an object that is a word', '{"type":"DELETED","object":"shop"}'],
    ['a bookmark without a version', '{"type":"BOOKMARK","object":null}'],
    ['a kind of event that is not known', '{"type":"RENAMED","object":{"metadata":{"name":"shop"}}}'],
    ['another error', '{"type":"ERROR","object":{"code":500,"message":"etcd is lost"}}'],
  ])('after %s: it lists again', async (_, line) => {
    putAll([namespace('shop', { v: '1' })]);
    const view = await started();
    server.say('Namespace', line);
    await until(() => server.lists('Namespace') === 2);
    expect(label(view, 'shop')).toBe('1');
  });

  it('after a line that is no JSON, as a cut connection leaves it', async () => {
    const view = await started();
    server.say('Namespace', '{"type":"ADDED","obj');
    server.put('Namespace', namespace('shop'));
    await until(() => view.namespace('shop') !== undefined);
    expect(view.namespace('shop')).toBeDefined();
  });

  it('and once stopped it asks for nothing more', async () => {
    const view = await started();
    view.stop();
    await until(() => ['RuntimeClass', 'Node', 'Namespace'].every(kind => server.watches(kind) === 0));
    const calls = server.calls.length;
    await sleep(60);
    expect(server.calls.length).toBe(calls);
  });

  it('opens no watch where it is stopped while it lists', async () => {
    let release = (): void => undefined;
    server.intercept = ({ url }, response) => {
      if (!url.pathname.endsWith('/nodes')) return false;
      release = () => send(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
      return true;
    };
    const view = start();
    await until(() => server.lists('Node') === 1);
    view.stop();
    release();
    await sleep(30);
    expect(server.asked('Node')).toEqual([]);
  });
});

describe('a namespace that the watch has not brought', () => {
  const gets = () => server.calls.filter(({ url }) => url.pathname === '/api/v1/namespaces/new').length;
  /** The watch of namespaces is silent, as if it lagged behind. */
  const silently = async (connection = server.connection()): Promise<LiveView> => {
    const view = await started(connection);
    server.intercept = ({ url }) => url.searchParams.has('watch');
    server.cut('Namespace', 'end');
    await until(() => server.watches('Namespace') === 0);
    return view;
  };

  it('is asked for once by many, and then known', async () => {
    const view = await silently();
    server.put('Namespace', namespace('new', { v: '1' }));
    const found = await Promise.all(Array.from({ length: 50 }, () => view.namespaceOrFetch('new')));
    expect(new Set(found)).toEqual(new Set([{ name: 'new', labels: { v: '1' } }]));
    expect(label(view, 'new')).toBe('1');
    expect(gets()).toBe(1);
  });

  it.each(['.', '..', '', 'a/b', 'A', '-a', 'a.b', '%2e', `a${'b'.repeat(63)}`, 'a?b', 'a#b', 'a\n'])(
    'is not asked for by what is no name of one: %j',
    async name => {
      const view = await silently();
      const calls = server.calls.length;
      expect(await view.namespaceOrFetch(name)).toBeUndefined();
      expect(server.calls.length).toBe(calls);
      expect(await view.namespaceOrFetch('b'.repeat(63))).toBeUndefined();
      expect(server.calls.length).toBe(calls + 1);
    },
  );

  it('is unknown where the answer is too long', async () => {
    const view = await silently();
    server.put('Namespace', { ...namespace('long'), spec: { finalizers: ['x'.repeat(1024 * 1024)] } });
    expect(await view.namespaceOrFetch('long')).toBeUndefined();
    expect(said).toEqual(['the look-up of a Namespace failed']);
  });

  it.each<[string, object]>([
    ['labels', { labels: Object.fromEntries(Array.from({ length: 251 }, (_, i) => [`l${i}`, ''])) }],
    ['values', { annotations: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`a${i}`, ''])) }],
  ])('is found with what is read of one, and its other %s are not', async (_, more) => {
    const view = await silently();
    const { metadata, ...rest } = namespace('new');
    server.put('Namespace', { ...rest, metadata: { ...metadata, ...more } });
    expect(await view.namespaceOrFetch('new')).toEqual({
      name: 'new',
      labels: {},
      beyond: expect.any(String),
    });
    expect(view.namespace('new')).toEqual({ name: 'new', labels: {}, beyond: expect.any(String) });
  });

  it('is missed for a moment only', async () => {
    const view = await silently();
    expect(await view.namespaceOrFetch('new')).toBeUndefined();
    expect(await view.namespaceOrFetch('new')).toBeUndefined();
    expect(gets()).toBe(1);
    server.put('Namespace', namespace('new'));
    await until(async () => (await view.namespaceOrFetch('new')) !== undefined);
    expect(said).toEqual([]);
  });

  it('stays unknown where the API server does not answer in half a second', async () => {
    const connection = server.connection();
    const { api } = connection;
    const asked: ApiCall[] = [];
    const bytes = (call: ApiCall) => {
      asked.push(call);
      return api.bytes(call);
    };
    const view = await silently({ ...connection, api: Object.assign(api.bind({}), { ...api, bytes }) });
    server.intercept = () => true;
    asked.length = 0;
    expect(await view.namespaceOrFetch('new')).toBeUndefined();
    // Once, and for all of the call; that such a call ends in time, test/kube/api.test.ts shows.
    expect(asked).toMatchObject([{ path: '/api/v1/namespaces/new', timeoutMs: 500 }]);
    expect(said).toContain('the look-up of a Namespace failed');
  });

  it.each([403, 404, 500])(
    'stays unknown where the API server answers %d, and decisions fail closed',
    async code => {
      const view = await silently();
      server.intercept = (_, response) => {
        send(response, code, { kind: 'Status', code });
        return true;
      };
      const namespaceFacts = await view.namespaceOrFetch('new');
      expect(namespaceFacts).toBeUndefined();
      const request = createOf(minimalPod(), { namespaceName: 'new', namespace: view.namespace('new') });
      expect(decide(request, snapshotOf(), builtinView(), NOW).required).toBe('confidential-vm');
      expect(said.includes('the look-up of a Namespace failed')).toBe(code !== 404);
    },
  );

  it('is not asked for where it is known', async () => {
    putAll([namespace('new')]);
    const view = await started();
    expect(await view.namespaceOrFetch('new')).toEqual({ name: 'new', labels: {} });
    expect(gets()).toBe(0);
  });
});

it('tells of each RuntimeClass that comes, changes or goes, and of nothing else', async () => {
  let told = 0;
  const hooks = { failed: () => undefined, recovered: () => undefined, backoff: BACKOFF };
  const view = startLiveView(server.connection(), hooks, () => {
    told++;
  });
  views.push(view);
  await until(() => view.ready());
  await until(() => server.watches('RuntimeClass') === 1 && server.watches('Namespace') === 1);
  const before = told;
  server.put('RuntimeClass', runtimeClass('a', 'runsc'));
  await until(() => told === before + 1);
  server.put('RuntimeClass', runtimeClass('a', 'kata'));
  await until(() => told === before + 2);
  server.put('Namespace', namespace('shop'));
  await until(() => view.namespace('shop') !== undefined);
  server.remove('RuntimeClass', 'a');
  await until(() => told === before + 3);
});
