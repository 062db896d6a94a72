import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { core, create } from './support/client.ts';
import { kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { HIGH_RISK } from './support/pods.ts';
import {
  ELSEWHERE,
  ENFORCED,
  install,
  isReady,
  metric,
  removeRelease,
  replicas,
  SANDBOX,
} from './support/release.ts';
import { gated } from './support/running.ts';

/*
What replicas read again whenever somebody changes it: a node, by the credentials of its kubelet, and a SandboxPolicy, by an
admin of one namespace. Each is as large as the API server takes it, and is changed as often as one connection can.
*/

const NODE = 'cofferdam-e2e-large';
const POLICY = 'large';
const CHANGING_MS = 10_000;
/** Most Pods that are created meanwhile take less than this, even on a busy machine. */
const ORDINARY_MS = 1000;

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const many = (count: number): Record<string, string> => Object.fromEntries(times(count, i => [`l${i}`, 'x']));

const asKubelet = setHeaderOptions(
  'Impersonate-User',
  `system:node:${NODE}`,
  setHeaderOptions(
    'Impersonate-Group',
    'system:nodes',
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  ),
);

/** With every look at it different from the one before. */
const changeNode = (count: number): Promise<unknown> =>
  core.patchNodeStatus(
    {
      name: NODE,
      body: { status: { runtimeHandlers: times(20_000, i => ({ name: `h${count}-${i}` })) } },
    },
    asKubelet,
  );

const changePolicy = (count: number): Promise<unknown> =>
  kubectlOk([
    'annotate',
    'sandboxpolicy',
    POLICY,
    '-n',
    ELSEWHERE,
    '--overwrite',
    `example.com/count=${count}`,
  ]);

/** Changes it for a while, and creates Pods meanwhile. @returns how long each took, the quickest first */
async function createWhile(change: (count: number) => Promise<unknown>): Promise<readonly number[]> {
  const end = Date.now() + CHANGING_MS;
  const changing = (async () => {
    for (let i = 0; Date.now() < end; i++) await change(i);
  })();
  const took: number[] = [];
  while (Date.now() < end) {
    const began = performance.now();
    const name = `beside-${change.name.toLowerCase()}-${took.length}`;
    const { spec } = await create(gated(name, { namespace: ENFORCED, labels: HIGH_RISK }));
    expect(spec?.runtimeClassName).toBe(SANDBOX);
    took.push(performance.now() - began);
    await sleep(100);
  }
  await changing;
  return took.sort((a, b) => a - b);
}

async function expectUndisturbed(took: readonly number[]): Promise<void> {
  expect(took[Math.floor(took.length / 2)]).toBeLessThan(ORDINARY_MS);
  const pods = await replicas();
  expect(pods.map(isReady)).toEqual(pods.map(() => true));
  const restarts = pods.map(({ status }) => status?.containerStatuses?.[0]?.restartCount);
  expect(restarts).toEqual(pods.map(() => 0));
}

describe('what is large and changed all the time holds up no replica:', () => {
  beforeAll(() => install({}), BUILD_TIMEOUT);
  afterAll(async () => {
    await kubectlOk(['delete', 'node', NODE, '--ignore-not-found']);
    await removeRelease();
  });

  it('a node with 20,000 labels, and handlers of ever other names', async () => {
    const metadata = { name: NODE, labels: many(20_000) };
    await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Node', metadata });
    await expectUndisturbed(await createWhile(changeNode));
    const pods = await replicas();
    const held = await Promise.all(pods.map(one => metric(one, 'process_resident_memory_bytes')));
    expect(Math.max(...held) / 1024 / 1024).toBeLessThan(256);
  });

  it('a SandboxPolicy with 40,000 labels, of another namespace', async () => {
    const metadata = { name: POLICY, namespace: ELSEWHERE, labels: many(40_000) };
    const policy = { apiVersion: 'cofferdam.dev/v1alpha1', kind: 'SandboxPolicy', metadata, spec: {} };
    await kubectlOk(['create', '-f', '-'], policy);
    await expectUndisturbed(await createWhile(changePolicy));
  });
});
