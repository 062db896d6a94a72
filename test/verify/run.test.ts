import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeError } from '../../src/kube/error.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import type { VerifyApi } from '../../src/verify/api.ts';
import type { Probe, Run } from '../../src/verify/probe.ts';
import { type RunOptions, runProbes, sweep } from '../../src/verify/run.ts';
import { type Waits, withoutWaiting } from '../support/without-waiting.ts';
import { type FakeApi, fakeApi } from './fake-api.ts';
import { NODE, textOf } from './support.ts';

let waits: Waits;
beforeAll(() => {
  waits = withoutWaiting();
});
afterAll(() => waits.end());

const RUN: Run = { id: 'abc', expires: 1_800_000_000_000, namespace: 'v', image: 'b:1', timeoutSeconds: 60 };

const probe = (more: Partial<Probe['target']> = {}, privileged = false): Probe => ({
  target: {
    runtimeClass: 'gvisor',
    handler: 'runsc',
    node: 'node1',
    kernel: NODE,
    obstacle: undefined,
    ...more,
  },
  privileged,
});

interface Told {
  readonly left: string[];
  readonly progress: number[];
}

function options(told: Told, more: Partial<RunOptions> = {}): RunOptions {
  return {
    parallel: 8,
    ownNamespace: true,
    profiles: builtinProfileTable(),
    signal: new AbortController().signal,
    onProgress: done => told.progress.push(done),
    onLeft: what => told.left.push(what),
    ...more,
  };
}

async function runOn(api: VerifyApi, probes: readonly Probe[], more: Partial<RunOptions> = {}, run = RUN) {
  const told: Told = { left: [], progress: [] };
  const checked = await runProbes(api, run, probes, options(told, more));
  return { checked, ...told };
}

const expectNothingLeft = ({ namespaces, pods }: FakeApi): void => {
  expect({ namespaces: [...namespaces.keys()], pods: [...pods.keys()] }).toEqual({
    namespaces: [],
    pods: [],
  });
};

describe('a run', () => {
  it('probes, judges, and removes all that it made', async () => {
    const api = fakeApi();
    const { checked, progress, left } = await runOn(api, [probe(), probe({ handler: 'kata' })]);
    expect(checked.map(({ verdict }) => verdict)).toEqual(['verified', 'not what it claims']);
    expect({ progress, left }).toEqual({ progress: [1, 2], left: [] });
    expectNothingLeft(api);
  });

  it('makes no more Pods at a time than it may', async () => {
    const api = fakeApi();
    await runOn(api, [probe(), probe(), probe(), probe(), probe()], { parallel: 2 });
    expect(api.made).toHaveLength(5);
    expect(api.most()).toBe(2);
  });

  it('makes no Pod where none can run', async () => {
    const api = fakeApi();
    const { checked } = await runOn(api, [probe({ obstacle: 'the node is not ready' })]);
    expect(checked).toMatchObject([
      { verdict: 'could not run', note: 'the node is not ready', seen: undefined },
    ]);
    expect(api.made).toEqual([]);
  });

  it('waits for the service account of its namespace', async () => {
    let calls = 0;
    const base = fakeApi();
    const api = fakeApi({
      createPod: async (namespace, pod) => {
        calls += 1;
        if (calls === 1) throw new Error('serviceaccount "default" not found');
        await base.createPod(namespace, pod);
      },
    });
    const { checked } = await runOn(api, [probe()]);
    expect({ calls, verdict: checked[0]?.verdict }).toEqual({ calls: 2, verdict: 'verified' });
  });

  it('looks at disks where the sandbox is one, and nowhere else', async () => {
    const api = fakeApi({ log: async () => textOf('runc-privileged-on-firecracker') });
    const { checked } = await runOn(api, [
      probe({ handler: 'runc' }, true),
      probe({ handler: 'kata-qemu' }, true),
    ]);
    expect(checked[0]?.evidence[0]).toBe('disks that can be read: /dev/vda');
    expect(checked[1]?.evidence[0]).toMatch(/^boot id /);
  });

  it('leaves a namespace that it was given', async () => {
    const api = fakeApi();
    await api.createNamespace({ metadata: { name: 'v' } });
    await runOn(api, [probe()], { ownNamespace: false });
    expect([...api.namespaces.keys()]).toEqual(['v']);
    expect([...api.pods.keys()]).toEqual([]);
  });
});

describe('a probe that fails', () => {
  const status = (status: Pod['status']): Partial<VerifyApi> => ({
    pod: async () => ({ status: status ?? {} }),
  });
  const waiting = (reason: string, message: string) =>
    status({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason, message } } } as never] });

  it.each([
    [
      'is turned away',
      { createPod: () => Promise.reject(new Error('admission webhook denied the request')) },
      'admission webhook denied the request',
    ],
    ['fails', status({ phase: 'Failed', reason: 'NodeAffinity', message: 'no' }), 'NodeAffinity: no'],
    ['has no image', waiting('ImagePullBackOff', 'Back-off\npulling'), 'ImagePullBackOff: Back-off pulling'],
    ['has no log', { log: () => Promise.reject(new Error('gone')) }, 'gone'],
  ] satisfies [string, Partial<VerifyApi>, string][])(
    'says so where it %s, and is removed',
    async (_, more, note) => {
      const api = fakeApi(more);
      const { checked } = await runOn(api, [probe()]);
      expect(checked).toMatchObject([{ verdict: 'could not run', note, evidence: [] }]);
      expectNothingLeft(api);
    },
  );

  it.each([
    [
      'what the scheduler says',
      [],
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1' }],
      },
      'the probe did not finish within 0 s: Unschedulable: 0/1',
    ],
    [
      'what the kubelet complains about',
      [{ type: 'Warning', reason: 'FailedCreatePodSandBox', message: 'no runtime for "kata" is configured' }],
      { phase: 'Pending' },
      'the probe did not finish within 0 s: FailedCreatePodSandBox: no runtime for "kata" is configured',
    ],
    ['little', [], { phase: 'Pending' }, 'the probe did not finish within 0 s: the Pod did not start'],
    [
      'what it may read',
      undefined,
      { phase: 'Pending' },
      'the probe did not finish within 0 s: the Pod did not start',
    ],
  ])('gives up in time, and tells %s', async (_, events, podStatus, note) => {
    const api = fakeApi({
      ...status(podStatus as never),
      events: () => (events ? Promise.resolve(events as never) : Promise.reject(new Error('forbidden'))),
    });
    const { checked } = await runOn(api, [probe()], {}, { ...RUN, timeoutSeconds: 0 });
    expect(checked[0]?.note).toBe(note);
    expectNothingLeft(api);
  });
});

describe('a run that is stopped', () => {
  it('ends at once and removes all that it made', async () => {
    const stop = new AbortController();
    const api = fakeApi({
      pod: async () => {
        stop.abort(new Error('stopped'));
        return { status: { phase: 'Running' } };
      },
    });
    await expect(
      runOn(api, [probe(), probe(), probe()], { signal: stop.signal, parallel: 2 }),
    ).rejects.toThrow();
    expect(api.made).toHaveLength(2);
    expectNothingLeft(api);
  });

  it('removes its namespace where that could not be made in full', async () => {
    const api = fakeApi({ createNamespace: () => Promise.reject(new Error('forbidden')) });
    await expect(runOn(api, [probe()])).rejects.toThrow('forbidden');
    expectNothingLeft(api);
  });

  it('leaves alone a namespace that it was not let make', async () => {
    const forbidden = new KubeError('forbidden', { status: 403 });
    const removed: string[] = [];
    const api = fakeApi({
      createNamespace: () => Promise.reject(forbidden),
      deleteNamespace: async name => void removed.push(name),
    });
    await expect(runOn(api, [probe()])).rejects.toBe(forbidden);
    expect(removed).toEqual([]);
  });

  it('tells what could not be removed', async () => {
    const api = fakeApi({ deleteNamespace: () => Promise.reject(new Error('forbidden')) });
    const { left } = await runOn(api, [probe()]);
    expect(left).toEqual(['namespace v could not be removed']);
  });
});

describe('leftovers of runs that were killed', () => {
  const NOW = Date.parse('2026-06-01T12:00:00Z');
  const object = (name: string, expires?: string) => ({
    metadata: { name, ...(expires && { annotations: { 'cofferdam.dev/verify-expires': expires } }) },
  });
  const objects = [
    object('old', '2026-06-01T11:59:59Z'),
    object('current', '2026-06-01T12:00:01Z'),
    object('timeless'),
    object('odd', 'yesterday'),
  ];

  it('are removed once their time is over: namespaces', async () => {
    const api = fakeApi();
    for (const one of objects) await api.createNamespace(one);
    expect(await sweep(api, undefined, NOW)).toEqual(['old']);
    expect([...api.namespaces.keys()]).toEqual(['current', 'timeless', 'odd']);
  });

  it('are removed once their time is over: Pods in a namespace that is named', async () => {
    const api = fakeApi();
    for (const one of objects) await api.createPod('v', one);
    expect(await sweep(api, 'v', NOW)).toEqual(['old']);
    expect([...api.pods.keys()]).toEqual(['v/current', 'v/timeless', 'v/odd']);
  });
});
