import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LiveObjects, startLiveObjects } from '../../src/cluster/objects.ts';
import { type Telling, telling } from '../../src/cluster/telling.ts';
import { FakeApiServer } from '../support/api-server.ts';
import { until } from '../support/until.ts';

const SETTLE_MS = 100;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('changes are told', () => {
  let told: number[];
  let tookMs: number;
  let changes: Telling;
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    tookMs = 60;
    changes = telling(async () => {
      told.push(performance.now());
      await new Promise(resolve => setTimeout(resolve, tookMs));
    }, SETTLE_MS);
  });
  afterEach(() => {
    changes.stop();
    vi.useRealTimers();
  });

  it('together, a moment after the first of them', async () => {
    const began = performance.now();
    for (let i = 0; i < 5; i++) changes.soon('tenant');
    await pass(SETTLE_MS);
    expect(told).toEqual([began + SETTLE_MS]);
    await pass(10_000);
    expect(told).toHaveLength(1);
  });

  it('for a tenth of the time, however often tenants change something', async () => {
    for (let i = 0; i < 600; i++) {
      changes.soon('tenant');
      await pass(100);
    }
    // 400 and more, before: a third of the time.
    expect(told.length * tookMs).toBeLessThanOrEqual(60_000 / 10);
    expect(told.length).toBeGreaterThan(90);
  });

  it('within a second where operators change something, though tenants do all the time', async () => {
    tookMs = 900;
    for (let i = 0; i < 100; i++) {
      changes.soon('tenant');
      await pass(100);
    }
    const began = performance.now();
    const before = told.length;
    changes.soon('operator');
    for (let i = 0; i < 11 + tookMs / 100 && told.length === before; i++) {
      changes.soon('tenant');
      await pass(100);
    }
    expect((told.at(-1) ?? 0) - began).toBeLessThanOrEqual(1000 + tookMs);
    expect(told).toHaveLength(before + 1);
  });

  it('after ten seconds at most, also when everything was read anew', async () => {
    tookMs = 5000;
    changes.soon('tenant');
    await pass(SETTLE_MS + tookMs);
    changes.soon('tenant');
    await pass(9999);
    expect(told).toHaveLength(1);
    await pass(1);
    expect(told).toHaveLength(2);
  });

  it('once more where they come while others are told, and not after the end', async () => {
    changes.soon('operator');
    await pass(SETTLE_MS + 1);
    changes.soon('operator');
    await pass(2000);
    expect(told).toHaveLength(2);
    changes.soon('operator');
    await pass(SETTLE_MS + 1000);
    expect(told).toHaveLength(3);
    changes.soon('operator');
    changes.stop();
    changes.soon('operator');
    await pass(60_000);
    expect(told).toHaveLength(3);
  });
});

describe('of the objects of a cluster', () => {
  let api: FakeApiServer;
  let objects: LiveObjects;
  beforeEach(async () => {
    api = new FakeApiServer();
    await api.start();
  });
  afterEach(async () => {
    vi.useRealTimers();
    objects?.stop();
    await api.stop();
  });
  /** Uses a clock that is told to go on; the API server answers by itself. */
  const useClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  /** The server is a thread of its own, which has ten thousand labels to write. */
  const BUSY_MS = 10_000;
  const becomes = (holds: () => boolean) =>
    until(async () => {
      await pass(25);
      return holds();
    }, BUSY_MS);
  const backoff = { firstMs: 5, longestMs: 20, steadyMs: 10 };
  const hooks = { failed: () => undefined, recovered: () => undefined, backoff };
  const policy = (name: string, generation = 1) => ({
    metadata: { name, namespace: 'shop', uid: name, generation },
    spec: { minimumIsolation: 'vm', tiers: [{ atLeast: generation, isolation: 'vm' }] },
  });

  it('a policy that is changed without end is read anew in a tenth of the time', async () => {
    useClock();
    let told = 0;
    const tell = async (): Promise<void> => {
      told++;
      await new Promise(resolve => setTimeout(resolve, 20));
    };
    objects = startLiveObjects(api.connection(), hooks, tell, 5);
    await becomes(() => told === 1);
    for (let i = 2; i <= 200; i++) {
      api.put('SandboxPolicy', policy('busy', i));
      await sleep(1);
      await pass(5);
    }
    expect(told).toBeGreaterThan(3);
    expect(told).toBeLessThan(10);
    const before = told;
    api.put('SandboxExemption', { metadata: { name: 'e', uid: 'e', generation: 1 }, spec: {} });
    await becomes(() => told > before);
  });

  it.each([
    ['SandboxPolicy', { namespace: 'shop' }],
    ['ClusterSandboxPolicy', {}],
  ])('a %s that is not changed stays the same document, which is compiled once', async (kind, more) => {
    let told = 0;
    objects = startLiveObjects(api.connection(), hooks, () => void told++, 5);
    const put = (name: string, minimumIsolation: string, generation: number, status?: object) =>
      api.put(kind, {
        metadata: { name, ...more, uid: name, generation },
        spec: { minimumIsolation },
        status,
      });
    const documentsOf = () =>
      new Map(objects.documents().map(one => [one.position.file.split('/').at(-1), one]));
    put('still', 'vm', 1);
    put('busy', 'vm', 1);
    await until(() => objects.documents().length === 2);
    const before = documentsOf();
    put('busy', 'app-kernel', 2);
    const accepted = { type: 'Accepted', status: 'True', observedGeneration: 1 };
    put('still', 'vm', 1, { conditions: [accepted] });
    await until(() => documentsOf().get('still')?.standing === 'accepted');
    // A list brings all of them again.
    const lists = api.lists(kind);
    api.cut(kind, 'end');
    put('busy', 'host-kernel', 3);
    api.compact();
    await until(() => api.lists(kind) > lists && api.watches(kind) === 1);
    const after = documentsOf();
    expect(after.get('still')?.value).toBe(before.get('still')?.value);
    expect(after.get('busy')?.value).not.toBe(before.get('busy')?.value);
  });

  it('a SandboxPolicy of more values than are read has its namespace fail closed, for as long as it is there', async () => {
    const labels = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`l${i}`, 'x']));
    const { metadata, spec } = policy('large');
    const large = { metadata: { ...metadata, labels }, spec };
    api.put('SandboxPolicy', large);
    api.put('SandboxPolicy', policy('small'));
    useClock();
    let told = 0;
    objects = startLiveObjects(api.connection(), hooks, () => void told++, 5);
    await becomes(() => told === 1);
    expect(objects.notRead()).toEqual(new Map([['shop', 'confidential-vm']]));
    // An object whose status is unknown is not listed.
    expect(objects.all().map(({ path }) => path.split('/').at(-1))).toEqual(['small']);
    api.remove('SandboxPolicy', 'large', 'shop');
    await becomes(() => objects.notRead().size === 0);
    api.put('SandboxPolicy', large);
    await becomes(() => objects.notRead().get('shop') === 'confidential-vm');
  });
});
