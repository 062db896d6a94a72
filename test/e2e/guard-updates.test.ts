import type { V1EphemeralContainer, V1Pod, V1SecurityContext } from '@kubernetes/client-node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { storablePod } from '../arbitraries/guard.ts';
import { arbitraryPod } from '../arbitraries/pods.ts';
import { engineSays } from './support/agreement.ts';
import { core } from './support/client.ts';
import { type Asked, ask } from './support/guarding.ts';
import { endRounds, makeRounds, NOW, podIn, type Round, startRounds } from './support/rounds.ts';

const SEED = 1124;
const PODS_EACH = 5;
const UPDATES_EACH = 8;
const rounds = makeRounds(10, SEED);
const pods = fc.sample(storablePod, { numRuns: rounds.length * PODS_EACH, seed: SEED });

/** What a request adds: an ephemeral container, or annotations, labels and an image. */
const updates = fc.sample(
  fc.record({
    through: fc.constantFrom('ephemeralcontainers', 'pods'),
    donor: arbitraryPod,
    image: fc.option(fc.constantFrom('nginx', 'ghcr.io/acme/app:1', 'other')),
    securityContext: fc.constantFrom<V1SecurityContext>(
      {},
      { privileged: true },
      { capabilities: { add: ['NET_ADMIN'] } },
      { capabilities: { add: ['SYS_ADMIN', 'NET_RAW'] } },
      { seccompProfile: { type: 'Unconfined' } },
      { seLinuxOptions: { type: 'spc_t' } },
    ),
  }),
  { numRuns: pods.length * UPDATES_EACH, seed: SEED },
);
type Update = (typeof updates)[number];

function send(stored: V1Pod, { through, donor, image, securityContext }: Update): Promise<Asked> {
  const { name = '', namespace = '' } = stored.metadata ?? {};
  const body = structuredClone(stored);
  if (through === 'ephemeralcontainers') {
    const container = { name: 'added', image: image ?? 'other', securityContext };
    const before = body.spec?.ephemeralContainers ?? [];
    if (body.spec) body.spec.ephemeralContainers = [...before, container as V1EphemeralContainer];
    return ask(() =>
      core.replaceNamespacedPodEphemeralcontainersWithHttpInfo({ name, namespace, body, dryRun: 'All' }),
    );
  }
  const annotations = { ...donor.metadata?.annotations } as Record<string, string>;
  delete annotations['kubernetes.io/config.mirror'];
  const labels = { ...donor.metadata?.labels } as Record<string, string>;
  body.metadata = {
    ...body.metadata,
    annotations: { ...body.metadata?.annotations, ...annotations },
    labels,
  };
  const [first] = body.spec?.containers ?? [];
  if (first && image) first.image = image;
  return ask(() => core.replaceNamespacedPodWithHttpInfo({ name, namespace, body, dryRun: 'All' }));
}

interface Compared {
  readonly update: Update;
  readonly oldPod: Pod;
  readonly pod: Pod;
  readonly admits: boolean;
  readonly expected: boolean;
  readonly denied: boolean;
}

const plain = (pod: V1Pod): Pod => JSON.parse(JSON.stringify(pod)) as Pod;

async function compare(round: Round, stored: V1Pod, update: Update): Promise<Compared | undefined> {
  const asked = await send(stored, update);
  if ('refused' in asked) return undefined;
  const [pod, oldPod] = [plain(asked.pod), plain(stored)];
  const request = {
    operation: 'UPDATE',
    subresource: update.through === 'pods' ? '' : update.through,
    userInfo: { username: 'someone', groups: ['system:masters'] },
    pod,
    oldPod,
    namespaceName: round.name,
    namespace: round.namespace,
  };
  const said = engineSays(request, round, round.view, NOW);
  return {
    update,
    oldPod,
    pod,
    admits: said.admits,
    expected: said.guardDenies,
    denied: asked.warnings.length > 0,
  };
}

/** Stores the Pod, every other one with an ephemeral container; undefined where the API server refuses it. */
async function store(pod: V1Pod, withMore: boolean): Promise<V1Pod | undefined> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const created = await core.createNamespacedPod({ namespace, body: pod }).catch(() => undefined);
  if (!created?.spec || !withMore) return created;
  const more = { name: 'before', image: 'nginx', securityContext: { capabilities: { add: ['NET_ADMIN'] } } };
  created.spec.ephemeralContainers = [more as V1EphemeralContainer];
  return core.replaceNamespacedPodEphemeralcontainers({ name, namespace, body: created });
}

async function updatesOf(round: Round, i: number): Promise<readonly Compared[]> {
  const results: Compared[] = [];
  for (let k = i * PODS_EACH; k < (i + 1) * PODS_EACH; k++) {
    const stored = await store(podIn(round, pods[k] as Pod, `pod-${k}`), k % 2 === 0);
    if (!stored) continue;
    for (const update of updates.slice(k * UPDATES_EACH, (k + 1) * UPDATES_EACH)) {
      const one = await compare(round, stored, update);
      if (one) results.push(one);
    }
  }
  return results;
}

describe('the guard over generated updates of stored Pods', () => {
  let compared: readonly Compared[] = [];
  beforeAll(async () => {
    await startRounds(rounds);
    compared = (await Promise.all(rounds.map(updatesOf))).flat();
  });
  afterAll(() => endRounds(rounds));

  it('sees updates of both kinds, denied and admitted', () => {
    const count = (through: string, denied: boolean) =>
      compared.filter(one => one.update.through === through && one.denied === denied).length;
    expect(count('pods', true)).toBeGreaterThan(5);
    expect(count('pods', false)).toBeGreaterThan(50);
    expect(count('ephemeralcontainers', true)).toBeGreaterThan(20);
    expect(count('ephemeralcontainers', false)).toBeGreaterThan(20);
  });

  it('is never stricter than the engine', () => {
    expect(compared.filter(({ denied, admits }) => denied && admits)).toEqual([]);
  });

  it('is exact, but for rules', () => {
    expect(compared.filter(({ denied, expected }) => denied !== expected)).toEqual([]);
  });
});
