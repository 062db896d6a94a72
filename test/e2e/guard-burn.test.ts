import process from 'node:process';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { filledTo } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { create } from './support/client.ts';
import {
  type Asked,
  applyAll,
  askToCreate,
  guardItems,
  inForce,
  remove,
  wholeGuard,
} from './support/guarding.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { E2E_LABEL } from './support/settings.ts';

/*
One who may create Pods must not be able to have the API server work for much longer on one of them than it would without
the guard. Measured is the CPU time of the API server, also of what else goes on in it: of several rounds the cheapest.
*/

const GUARDED = 'cofferdam-e2e-burn';
const FREE = 'cofferdam-e2e-burn-free';
/** Its guard has a rule, too. */
const RULED = 'cofferdam-e2e-burn-ruled';
const ROUNDS = 3;
/** What the guard costs with a Pod of one container, with room for a busy machine: what is held off is seconds. */
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

const podIn = (namespace: string, { metadata, spec }: Pod): V1Pod =>
  ({ metadata: { ...metadata, namespace }, spec }) as unknown as V1Pod;

/** Seconds, since it started. Reading it costs some, too. */
async function cpuSeconds(): Promise<number> {
  const metrics = await kubectlOk(['get', '--raw', '/metrics']);
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(metrics)?.[1]);
}

/** In milliseconds of the API server's CPU, with what it costs to read them. */
async function cheapest(work: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await cpuSeconds();
    await work();
    rounds.push(1000 * ((await cpuSeconds()) - before));
  }
  return Math.min(...rounds);
}

/** Of one creation, in milliseconds of the API server's CPU; with the last answer. */
async function costOf(pod: V1Pod, count: number): Promise<{ readonly ms: number; readonly asked: Asked }> {
  let asked = await askToCreate(pod);
  const nothing = await cheapest(async () => undefined);
  const all = await cheapest(async () => {
    for (let i = 0; i < count; i++) asked = await askToCreate(pod);
  });
  return { ms: Math.max(0, all - nothing) / count, asked };
}

/** What it costs with a guard and without, and what the guard says. */
async function burn(pod: Pod, count: number, what: string, namespace = GUARDED) {
  const free = await costOf(podIn(FREE, pod), count);
  const guarded = await costOf(podIn(namespace, pod), count);
  process.stdout.write(
    `${what}: ${free.ms.toFixed(1)} ms without the guard, ${guarded.ms.toFixed(1)} ms with it\n`,
  );
  return { free: free.ms, guarded: guarded.ms, asked: guarded.asked };
}

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
  await create(podIn(GUARDED, filledTo('annotations', 300)));
  const classes = builtinView().runtimeClasses();
  for (const [namespace, objects] of [
    [GUARDED, []],
    [RULED, [LOOPING]],
  ] as const) {
    const guard = wholeGuard(snapshotOf(objects), classes, Date.parse('2026-11-24T00:00:00Z'));
    await applyAll(guardItems(guard, namespace, namespace, 'Deny'));
    await inForce(namespace);
  }
});
afterAll(async () => {
  for (const namespace of [GUARDED, RULED]) {
    await remove('validatingadmissionpolicybinding', namespace);
    await remove('validatingadmissionpolicy', namespace);
  }
  await remove('namespace', GUARDED, RULED, FREE);
});

describe('a Pod that is made to burn the API server', { timeout: 180_000 }, () => {
  it.each([
    ['annotations', 10_000],
    ['labels', 20_000],
    ['capabilities', 20_000],
    ['hostPathCharacters', 200_000],
    ['sysctls', 5000],
    ['launch', 10_000, RULED],
  ] as const)(
    'is refused for a little more than it costs anyway: %s, %i',
    async (id, count, namespace?: string) => {
      const { free, guarded, asked } = await burn(filledTo(id, count), 5, `${count} ${id}`, namespace);
      const bound = BOUNDS.find(one => one.id === id);
      expect(asked).toEqual({
        refused: expect.stringContaining(`the Pod has ${count} ${bound?.what}, of ${bound?.most} at most. `),
      });
      expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
    },
  );

  it.each(BOUNDS)('cannot burn it with as much as is allowed: $most $what', async ({ id, most, ofRules }) => {
    const { free, guarded } = await burn(filledTo(id, most), 20, `${most} ${id}`, ofRules && RULED);
    expect(guarded).toBeLessThan(2 * free + OF_ANY_POD_MS);
  });
});

describe('a Pod that was stored with more than is allowed', () => {
  const ask = (...args: readonly string[]) => kubectl(['-n', GUARDED, ...args]);

  it('can be labelled, lose an annotation, have its status written and a finalizer taken', async () => {
    const done = [
      await ask('label', 'pod', 'p', 'a=b'),
      await ask('annotate', 'pod', 'p', 'example.com/k299-'),
      await ask('patch', 'pod', 'p', '--subresource=status', '-p', '{"status":{"reason":"Tried"}}'),
      await ask('patch', 'pod', 'p', '-p', '{"metadata":{"finalizers":["example.com/f"]}}'),
      await ask('patch', 'pod', 'p', '-p', '{"metadata":{"finalizers":null}}'),
    ];
    expect(done.filter(({ code }) => code !== 0)).toEqual([]);
  });

  it.each([[[]], [['--subresource=status']]])('is given no further annotation: %j', async more => {
    const patch = '{"metadata":{"annotations":{"example.com/one-more":"x"}}}';
    const { code, stderr } = await ask('patch', 'pod', 'p', ...more, '-p', patch);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('the Pod has 300 annotations, of 250 at most. '),
    ]);
  });

  it('can be deleted', async () => {
    expect(await ask('delete', 'pod', 'p', '--grace-period=0', '--force')).toMatchObject({ code: 0 });
  });
});
