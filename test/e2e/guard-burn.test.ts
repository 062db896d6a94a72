import process from 'node:process';
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { BOUNDS, boundOn } from '../../src/signals/bounds.ts';
import { filledTo, filledToAll, spreadOver } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { core, create, rawText } from './support/client.ts';
import {
  type Asked,
  applyAll,
  ask,
  askToCreate,
  guardItems,
  inForce,
  remove,
  wholeGuard,
} from './support/guarding.ts';
import { kubectl } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { E2E_LABEL } from './support/settings.ts';

/*
One who may create Pods must not be able to have the API server work for much longer on one of them than it would without
the guard. Measured is the CPU time of the API server, also of what else goes on in it: of several rounds the cheapest.
*/

const GUARDED = 'cofferdam-e2e-burn';
const FREE = 'cofferdam-e2e-burn-free';
/** The guard of this namespace has a rule, too. */
const RULED = 'cofferdam-e2e-burn-ruled';
const ROUNDS = 3;
/** The guard costs less than this for a Pod of one container, with room for a busy machine; attacks cost seconds. */
const OF_ANY_POD_MS = 15;

/** A rule that loops over as much as a rule in the guard may. */
const LOOPING = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'looping' },
  spec: {
    scoring: {
      rules: [
        {
          name: 'secret-in-env',
          expression: "object.spec.containers.exists(c, c.?env.orValue([]).exists(e, e.name == 'SECRET'))",
          weight: 70,
        },
      ],
    },
  },
};

/** An annotation of `FULL` and `DEBUGGED`, to change. */
const NOTE = 'example.com/note';
/** No kubelet is to see it. */
const noted = ({ metadata, spec }: Pod): Pod => {
  const [, ...annotations] = Object.entries(metadata?.annotations ?? {});
  return {
    metadata: { ...metadata, annotations: Object.fromEntries([[NOTE, 'x'], ...annotations]) },
    spec: { ...spec, schedulerName: 'nobody' },
  } as unknown as Pod;
};
const FULL = noted(filledToAll());
const DEBUGGED = noted({ ...filledTo('labels', 0), metadata: { name: 'debugged' } });
/** The Pod has as many as it may, with its one container, and one that is added. */
const EPHEMERAL = Array.from({ length: boundOn('containers').most - 2 }, (_, i) => `debug${i}`);
/** A Pod that was stored with more than it may have. */
const OVER = filledTo('annotations', 300);
/** A change of one annotation costs no more than this: 10,000 took 4.9 s before there were bounds, and more than in proportion. */
const OVER_MS = 150;

const podIn = (namespace: string, { metadata, spec }: Pod): V1Pod =>
  ({ metadata: { ...metadata, namespace }, spec }) as unknown as V1Pod;

/** Seconds, since it started. Reading it costs some, too. */
async function cpuSeconds(): Promise<number> {
  const metrics = await rawText('/metrics');
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(metrics)?.[1]);
}

/** The milliseconds of the API server's CPU, with what it costs to read them. */
async function cheapest(work: () => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  const read = [await cpuSeconds()];
  for (let round = 0; round < rounds; round++) {
    await work();
    read.push(await cpuSeconds());
  }
  return 1000 * Math.min(...read.slice(1).map((seconds, i) => seconds - (read[i] ?? Number.NaN)));
}

type Request = (namespace: string) => Promise<Asked>;

/** The milliseconds that reading costs. */
let reading = 0;

/** The milliseconds of the API server's CPU that one request takes; with the last answer. */
async function costOf(request: () => Promise<Asked>, count: number) {
  let asked = await request();
  const all = await cheapest(async () => {
    for (let i = 0; i < count; i++) asked = await request();
  });
  return { ms: Math.max(0, all - reading) / count, asked };
}

/** The cost of a request with a guard and without, and the guard's message. */
async function burn(request: Request, count: number, what: string, namespace = GUARDED) {
  const free = await costOf(() => request(FREE), count);
  const guarded = await costOf(() => request(namespace), count);
  process.stdout.write(
    `${what}: ${free.ms.toFixed(1)} ms without the guard, ${guarded.ms.toFixed(1)} ms with it\n`,
  );
  return { free: free.ms, guarded: guarded.ms, asked: guarded.asked };
}

const creating =
  (pod: Pod): Request =>
  namespace =>
    askToCreate(podIn(namespace, pod));

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
/** Nothing of it is stored, so that each is a change of the same. */
const patchOf = (name: string, namespace: string, body: object) =>
  ({ name, namespace, body, dryRun: 'All' }) as const;
const patching =
  (pod: string, body: object): Request =>
  namespace =>
    ask(() => core.patchNamespacedPodWithHttpInfo(patchOf(pod, namespace, body), MERGE));
const patchingStatus =
  (pod: string, body: object): Request =>
  namespace =>
    ask(() => core.patchNamespacedPodStatusWithHttpInfo(patchOf(pod, namespace, body), MERGE));
/** Ephemeral containers such as `kubectl debug` sets. */
const ephemeral = (names: readonly string[]) => ({
  spec: { ephemeralContainers: names.map(name => ({ name, image: 'app:1' })) },
});
const debugging =
  (pod: string, names: readonly string[]): Request =>
  namespace =>
    ask(() =>
      core.patchNamespacedPodEphemeralcontainersWithHttpInfo(
        patchOf(pod, namespace, ephemeral(names)),
        MERGE,
      ),
    );

beforeAll(async () => {
  const labels = { [E2E_LABEL]: 'true' };
  const namespaces = [GUARDED, RULED, FREE].map(name => ({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  }));
  await applyAll(namespaces);
  for (const namespace of [GUARDED, RULED, FREE]) {
    await poll('Pods can be made', async () =>
      'pod' in (await askToCreate(podIn(namespace, filledTo('annotations', 1)))) ? true : undefined,
    );
  }
  // Before there is a guard.
  for (const namespace of [GUARDED, FREE]) await create(podIn(namespace, OVER));
  for (const namespace of [GUARDED, RULED, FREE]) {
    await create(podIn(namespace, FULL));
    await create(podIn(namespace, DEBUGGED));
    const body = ephemeral(EPHEMERAL);
    await core.patchNamespacedPodEphemeralcontainers({ name: 'debugged', namespace, body }, MERGE);
  }
  const classes = builtinView().runtimeClasses();
  for (const [namespace, objects] of [
    [GUARDED, []],
    [RULED, [LOOPING]],
  ] as const) {
    const guard = wholeGuard(snapshotOf(objects), classes, Date.parse('2026-11-24T00:00:00Z'));
    await applyAll(guardItems(guard, namespace, namespace, 'Deny'));
    await inForce(namespace);
  }
  reading = await cheapest(async () => undefined, 3 * ROUNDS);
});
afterAll(async () => {
  for (const namespace of [GUARDED, RULED]) {
    await remove('validatingadmissionpolicybinding', namespace);
    await remove('validatingadmissionpolicy', namespace);
  }
  await remove('namespace', GUARDED, RULED, FREE);
});

interface TooLarge {
  readonly name: string;
  readonly pod: Pod;
  readonly count: number;
  /** Id of the bound that it is told of. */
  readonly bound: string;
  readonly guard?: string;
}

/** Each would take seconds of the API server if it were searched in a loop, and otherwise no more than a request without it. */
const TOO_LARGE: readonly TooLarge[] = [
  ...(
    [
      ['annotations', 10_000],
      ['labels', 20_000],
      ['capabilities', 20_000],
      ['hostPathCharacters', 200_000],
      ['sysctls', 5000],
      ['volumes', 5000],
      ['containers', 5000],
      ['ports', 10_000],
      ['volumeMounts', 10_000],
    ] as const
  ).map(([bound, count]) => ({ name: `${count} ${bound}`, pod: filledTo(bound, count), count, bound })),
  { name: '10000 launch', pod: filledTo('launch', 10_000), count: 10_000, bound: 'launch', guard: RULED },
  // These are counted in loops, over lists that are too long themselves.
  { name: '5000 hostPaths', pod: filledTo('hostPaths', 5000), count: 5000, bound: 'volumes' },
  ...[GUARDED, RULED].map(guard => ({
    ...{ name: `3000 containers with a port and a mount each: ${guard}`, guard },
    ...{ pod: spreadOver(3000), count: 3000, bound: 'containers' },
  })),
];

describe('a Pod that is made to burn the API server', { timeout: 180_000 }, () => {
  it.each(TOO_LARGE)(
    'is refused for a little more than it costs anyway: $name',
    async ({ name, pod, count, bound, guard }) => {
      const { free, guarded, asked } = await burn(creating(pod), 3, name, guard);
      const { what, most } = boundOn(bound);
      expect(asked).toEqual({
        refused: expect.stringContaining(`the Pod has ${count} ${what}, of ${most} at most. `),
      });
      expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
    },
  );

  it.each(BOUNDS)('cannot burn it with as much as is allowed: $most $what', async ({ id, most, ofRules }) => {
    const { free, guarded } = await burn(creating(filledTo(id, most)), 10, `${most} ${id}`, ofRules && RULED);
    expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
  });

  it.each([GUARDED, RULED])(
    'cannot burn it with as much as is allowed of everything at once: %s',
    async guard => {
      const { free, guarded, asked } = await burn(creating(FULL), 5, 'as much as is allowed', guard);
      expect(asked).toEqual({
        refused: expect.stringContaining('The Pod needs more isolation than it has; '),
      });
      expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
    },
  );
});

describe('a stored Pod with as much as is allowed', { timeout: 180_000 }, () => {
  const note = { metadata: { annotations: { [NOTE]: 'changed' } } };

  it.each<[string, Request]>([
    ['an annotation changes', patching('full', note)],
    ['an annotation changes through its status', patchingStatus('full', note)],
    ['its status is written', patchingStatus('full', { status: { reason: 'Tried' } })],
    ['it is given a finalizer', patching('full', { metadata: { finalizers: ['example.com/f'] } })],
    ['an annotation of one with many ephemeral containers changes', patching('debugged', note)],
    ['an ephemeral container is added to many', debugging('debugged', [...EPHEMERAL, 'one-more'])],
  ])('costs little more than without the guard where %s', async (what, request) => {
    const { free, guarded, asked } = await burn(request, 5, what, RULED);
    expect(asked).toHaveProperty('pod');
    expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
  });
});

describe('a Pod that was stored with more than is allowed', () => {
  const tell = (...args: readonly string[]) => kubectl(['-n', GUARDED, ...args]);

  it('can be labelled, lose an annotation, have its status written and a finalizer taken', async () => {
    const done = [
      await tell('label', 'pod', 'p', 'a=b'),
      await tell('annotate', 'pod', 'p', `${Object.keys(OVER.metadata?.annotations ?? {}).at(-1)}-`),
      await tell('patch', 'pod', 'p', '--subresource=status', '-p', '{"status":{"reason":"Tried"}}'),
      await tell('patch', 'pod', 'p', '-p', '{"metadata":{"finalizers":["example.com/f"]}}'),
      await tell('patch', 'pod', 'p', '-p', '{"metadata":{"finalizers":null}}'),
    ];
    expect(done.filter(({ code }) => code !== 0)).toEqual([]);
  });

  it.each([[[]], [['--subresource=status']]])('is given no further annotation: %j', async more => {
    const patch = '{"metadata":{"annotations":{"example.com/one-more":"x"}}}';
    const { code, stderr } = await tell('patch', 'pod', 'p', ...more, '-p', patch);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('the Pod has 300 annotations, of 250 at most. '),
    ]);
  });

  it('costs, at each change of an annotation, what it would without bounds', async () => {
    const [first = ''] = Object.keys(OVER.metadata?.annotations ?? {});
    const change = patching('p', { metadata: { annotations: { [first]: 'changed' } } });
    const { free, guarded, asked } = await burn(change, 5, 'an annotation of 300 changes');
    expect(asked).toHaveProperty('pod');
    expect(guarded - free).toBeLessThan(OVER_MS);
  });

  it('can be deleted', async () => {
    expect(await tell('delete', 'pod', 'p', '--grace-period=0', '--force')).toMatchObject({ code: 0 });
  });
});
