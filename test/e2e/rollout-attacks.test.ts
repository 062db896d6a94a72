import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/admission/handler.ts';
import { halfHello } from '../support/half-hello.ts';
import {
  type Address,
  type Attack,
  endAll,
  forge,
  hold,
  holdOpen,
  holdUsed,
  openMore,
  sendOnly,
} from './support/attack.ts';
import { unjudgedOf } from './support/attempts.ts';
import { core, create, refusal } from './support/client.ts';
import { kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { container, HIGH_RISK } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ELSEWHERE,
  ENFORCED,
  HOME,
  install,
  isReady,
  metricsOf,
  removeRelease,
  replicas,
  SANDBOX,
  settled,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { E2E_LABEL, MODE_LABEL } from './support/settings.ts';

/*
Attacks on the replicas of the chart as it is: by the author of a Pod, and by somebody who only reaches their port. All
goes to this cluster's own addresses, bounded in count and time.
*/

let targets: readonly Address[] = [];
beforeAll(async () => {
  await install({});
  await kubectlOk(['label', 'namespace', ELSEWHERE, `${MODE_LABEL}=inject`, '--overwrite']);
  const hosts = (await replicas()).map(({ status }) => status?.podIP ?? '');
  // An attack on an empty address would be one on this machine.
  if (new Set(hosts.filter(isIP)).size !== 2) throw new Error(`not two replicas: ${JSON.stringify(hosts)}`);
  targets = hosts.map(host => ({ host, port: 8443 }));
}, BUILD_TIMEOUT);
afterAll(removeRelease);

const logs = (): Promise<string> =>
  kubectlOk(['logs', '-n', HOME, '-l', 'app.kubernetes.io/name=cofferdam', '--tail=-1']);

describe('a Pod that the API server makes six times as long', () => {
  /** The probe is as large as etcd takes. */
  const probe = { exec: { command: ['true', '<'.repeat(1_100_000)] } };
  const spec = { containers: [container({ livenessProbe: probe })] };

  it.each([
    [ENFORCED, /cofferdam-guard/],
    [ELSEWHERE, /^$/],
  ])('gets its class in %s like any other', async (namespace, otherwise) => {
    const unjudged = await unjudgedOf(
      attempt => create(gated(`inflated-${attempt}`, { namespace, labels: HIGH_RISK, spec })),
      came => came === SANDBOX,
    );
    // Where the API server ran out of time, the guard refuses what it must, and mode inject goes without a class.
    for (const { came } of unjudged) expect(came).toMatch(otherwise);
  });

  it('is judged when it is updated, which takes two of it', async () => {
    const half = { exec: { command: ['true', '<'.repeat(600_000)] } };
    const namespace = ENFORCED;
    const stored = await create(
      gated('updated', { namespace, spec: { containers: [container({ livenessProbe: half })] } }),
    );
    const judged = async (): Promise<number> =>
      (await logs()).match(/"operation":"UPDATE".*"name":"updated".*"verdict":"admit"/g)?.length ?? 0;
    let before = 0;
    await unjudgedOf(
      attempt => {
        const annotations = { ...stored.metadata?.annotations, [`example.com/attempt-${attempt}`]: 'x' };
        const metadata = { ...stored.metadata, resourceVersion: '', annotations };
        return core.replaceNamespacedPod({ name: 'updated', namespace, body: { ...stored, metadata } });
      },
      async () => {
        // An answer does not wait for the log, which is written in batches.
        const now = await poll(
          'one more is in the log',
          async () => ((await judged()) > before ? judged() : undefined),
          5,
        ).catch(() => before);
        const isJudged = now > before;
        before = now;
        return isJudged;
      },
    );
  });

  it('and one of more values than are judged is answered, and recorded under its name', async () => {
    const ports = Array.from({ length: 52_000 }, () => ({ containerPort: 1 }));
    const many = gated('many', { namespace: ENFORCED, spec: { containers: [container({ ports })] } });
    expect(await refusal(create(many))).toContain('the body holds more than 100000 values');
    expect(await logs()).toMatch(/"namespace":"cofferdam-e2e-rollout","name":"many".*"verdict":"unreadable"/);
  });
});

const PODS = 40;
/** Most of them take less than this on a busy machine; with two calls that fail, a creation took 4 s. */
const ORDINARY_MS = 1000;
/** How long an attack goes on before anything is asked, in milliseconds. */
const UNDER_WAY_MS = 1000;

/** While it goes on, every Pod gets its class, and soon. */
async function expectOrdinary(name: string, end: () => void): Promise<void> {
  const fared: { readonly runtimeClass: string | undefined; readonly took: number }[] = [];
  try {
    await sleep(UNDER_WAY_MS);
    for (let i = 0; i < PODS; i++) {
      const begin = performance.now();
      const { spec } = await create(gated(`${name}-${i}`, { namespace: ELSEWHERE, labels: HIGH_RISK }));
      fared.push({ runtimeClass: spec?.runtimeClassName, took: performance.now() - begin });
    }
  } finally {
    end();
  }
  expect(fared.filter(({ runtimeClass }) => runtimeClass !== SANDBOX)).toEqual([]);
  const times = fared.map(({ took }) => took).sort((a, b) => a - b);
  expect(times[PODS / 2]).toBeLessThan(ORDINARY_MS);
}

const eachTarget = (count: number, start: (target: Address) => Attack): readonly Attack[] =>
  targets.flatMap(target => Array.from({ length: count }, () => start(target)));

describe('requests that never end, held on every replica', () => {
  /** Together they leave less than a review of the 16 MiB that a replica used to hold. */
  const HELD = 3;
  const BYTES = 5_592_000;

  it('keep no Pod from its class, nor hold it up', async () => {
    const held = eachTarget(HELD, target => hold(target, BYTES));
    await expectOrdinary('held', () => endAll(held));
  });
});

describe('connections that are held by the address that the API server comes from', () => {
  /** Nearly all that a replica lets in, together with as many as may have asked nothing yet. */
  const USED = 280;
  const EVERY_MS = 5;
  /** The time until all of them have been asked through. */
  const FILLED_MS = 5000;

  it('and those that are opened beside them keep no Pod from its class', async () => {
    const used = eachTarget(USED, holdUsed);
    await sleep(FILLED_MS);
    const more = eachTarget(1, target => openMore(target, EVERY_MS));
    await expectOrdinary('crowded', () => {
      for (const { end } of more) end();
      endAll(used);
      endAll(more);
    });
  });
});

describe('connections that are held, bodies that are, and handshakes that stop halfway, all at once', () => {
  const FILLED_MS = 5000;
  const restarts = ({ status }: V1Pod): number =>
    status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;

  it('end no replica', async () => {
    const before = (await replicas()).map(restarts);
    const used = eachTarget(LIMITS.connections, holdUsed);
    await sleep(FILLED_MS);
    const held = eachTarget(3, target => hold(target, 5_592_000));
    for (let i = 0; i < 3; i++) {
      const halves = eachTarget(1000, target => sendOnly(target, halfHello(130_000)));
      await sleep(3000);
      // Fewer come about where a replica is too busy to take them at once.
      endAll(halves, 0.5);
    }
    endAll(used);
    endAll(held);
    expect((await settled()).map(restarts)).toEqual(before);
  });
});

describe('Pods that would take long to judge', () => {
  const AUTHORS = 2;
  /** Nearly as many values as are judged, with what the API server fills in, and keeps of who set what. */
  const containers = Array.from({ length: 4000 }, (_, i) => ({ name: `c${i}`, image: 'i' }));

  it('are refused for their number, and hold up no other', async () => {
    const many = (name: string) => create(gated(name, { namespace: ENFORCED, spec: { containers } }));
    expect(await refusal(many('many-first'))).toContain('4000 containers, of 250 at most');
    let goesOn = true;
    const authors = Array.from({ length: AUTHORS }, async (_, author) => {
      for (let i = 0; goesOn; i++) await many(`many-${author}-${i}`).catch(() => undefined);
    });
    const end = (): void => {
      goesOn = false;
    };
    await expectOrdinary('beside', end);
    await Promise.all(authors);
  });
});

describe('connections that are held on the port of the probes', () => {
  /** The kubelet asks every two seconds, and takes a replica for not ready after two that fail. */
  const LONG_MS = 8000;

  it('have no replica taken for dead', async () => {
    const held = eachTarget(150, ({ host }) => holdOpen(host, 8080));
    try {
      await sleep(LONG_MS);
      expect((await replicas()).map(isReady)).toEqual(targets.map(() => true));
    } finally {
      endAll(held);
    }
  });
});

describe('reviews that nobody asked for', () => {
  const AT_ONCE = 10;
  /** So many times more are forged than may be asked for; with fewer, asking for each would go unnoticed. */
  const TIMES = 3;
  /** Far more than it takes to get there. */
  const MOST_FORGED = 10_000;

  async function namespaceCalls(): Promise<number> {
    const lines = (await kubectlOk(['get', '--raw', '/metrics'])).split('\n');
    return lines
      .filter(line => /^apiserver_request_total\{.*resource="namespaces".*verb="GET"/.test(line))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  it('have a replica ask for some of the namespaces that they make up, and no more', async () => {
    const [target] = targets;
    if (!target) throw new Error('there is no replica');
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE, rejectUnauthorized: false });
    const before = await namespaceCalls();
    const begin = performance.now();
    // Ten at once, ten a second, and what else goes on in the cluster.
    const most = (): number => 10 + 10 * ((performance.now() - begin) / 1000) + 30;
    let forged = 0;
    const one = async (): Promise<void> => {
      const name = `made-up-${forged++}`;
      expect(await forge(target, name, name, agent)).toContain('"allowed":false');
    };
    try {
      while (forged < TIMES * most()) {
        if (forged > MOST_FORGED) throw new Error(`${forged} in ${performance.now() - begin} ms are too few`);
        await Promise.all(Array.from({ length: AT_ONCE }, one));
      }
      expect((await namespaceCalls()) - before).toBeLessThan(most());
    } finally {
      agent.destroy();
    }
  });
});

describe('what else is written to mislead or to stop the replicas', () => {
  const policy = (kind: string, name: string) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind,
    metadata: {
      name,
      ...(kind === 'SandboxPolicy' && { namespace: ENFORCED }),
      labels: { [E2E_LABEL]: 'true' },
    },
    spec: { minimumIsolation: 'app-kernel', tiers: [] },
  });
  const shown = async (): Promise<string> =>
    (await Promise.all((await replicas()).map(metricsOf))).join('\n');

  it('names of policies are no labels of metrics, but those of cluster policies while they exist', async () => {
    const [own, shared] = ['chosen-by-an-author', 'of-the-cluster'];
    const items = [policy('SandboxPolicy', own), policy('ClusterSandboxPolicy', shared)];
    await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    let asked = 0;
    await poll('Pods are counted under both', async () => {
      // The name decides where policies ask for the same: the namespace's own in the one, the cluster's in the other.
      for (const namespace of [ENFORCED, ELSEWHERE]) await create(gated(`counted-${asked++}`, { namespace }));
      const text = await shown();
      return text.includes('policy="SandboxPolicy"') && text.includes(`policy="${shared}"`)
        ? true
        : undefined;
    });
    expect(await shown()).not.toContain(own);
    await kubectlOk(['delete', 'clustersandboxpolicy', shared]);
    await kubectlOk(['delete', 'sandboxpolicy', own, '-n', ENFORCED]);
    await poll('its counts are gone with it', async () =>
      (await shown()).includes(shared) ? undefined : true,
    );
  });

  it('a Lease for 68 years is taken over from whoever is said to hold it', async () => {
    const holder = async (): Promise<string> => {
      const path = 'jsonpath={.spec.holderIdentity}';
      return kubectlOk(['get', 'lease', 'cofferdam', '-n', HOME, '-o', path]);
    };
    const forged = { holderIdentity: 'nobody', leaseDurationSeconds: 2_147_483_647 };
    const patch = JSON.stringify({ spec: { ...forged, renewTime: '2094-01-01T00:00:00.000000Z' } });
    await kubectlOk(['patch', 'lease', 'cofferdam', '-n', HOME, '--type=merge', '-p', patch]);
    await poll(
      'a replica leads again',
      async () => {
        const now = await holder();
        return now !== '' && now !== 'nobody' ? true : undefined;
      },
      60,
    );
  });

  it.each([
    'devices.noderesource.dev/container.main',
    'devices.nri.io',
    'cdi.k8s.io/any',
    'nvidia.cdi.k8s.io/gpu',
    'module.wasm.image/variant',
  ])('a Pod with %s, which plugins and runtimes obey, is refused', async annotation => {
    const annotated = gated('annotated', { namespace: ENFORCED, annotations: { [annotation]: 'x' } });
    expect(await refusal(create(annotated))).toContain(`metadata.annotations[${annotation}]`);
  });
});
