import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Address, forge, hold, holdOpen } from './support/attack.ts';
import { create, refusal } from './support/client.ts';
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
  removeRelease,
  replicas,
  SANDBOX,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { MODE_LABEL } from './support/settings.ts';
import { outcomeOf } from './support/stream.ts';

/*
Attacks on the replicas of the chart as it is: by the author of a Pod, and by somebody who only reaches their port. All
goes to this cluster's own addresses, bounded in count and time.
*/

let targets: readonly Address[] = [];
beforeAll(async () => {
  await install({});
  await kubectlOk(['label', 'namespace', ELSEWHERE, `${MODE_LABEL}=inject`, '--overwrite']);
  targets = (await replicas()).map(({ status }) => ({ host: status?.podIP ?? '', port: 8443 }));
}, BUILD_TIMEOUT);
afterAll(removeRelease);

const logs = (): Promise<string> =>
  kubectlOk(['logs', '-n', HOME, '-l', 'app.kubernetes.io/name=cofferdam', '--tail=-1']);

describe('a Pod that the API server makes six times as long', () => {
  /** Within what etcd takes. */
  const probe = { exec: { command: ['true', '<'.repeat(1_100_000)] } };
  const spec = { containers: [container({ livenessProbe: probe })] };

  /** To write so much takes the API server of a busy machine longer than it waits for a webhook: then once more. */
  const inTime = (ask: (attempt: number) => Promise<boolean>): Promise<true> => {
    let asked = 0;
    return poll('it is judged', async () => ((await ask(asked++)) ? true : undefined), 20);
  };

  it.each([ENFORCED, ELSEWHERE])('gets its class in %s like any other', async namespace => {
    await inTime(async attempt => {
      const name = `inflated-${attempt}`;
      const outcome = await outcomeOf('sandbox', gated(name, { namespace, labels: HIGH_RISK, spec }));
      return outcome.runtimeClass === SANDBOX;
    });
  });

  it('is judged when it is updated, which takes two of it', async () => {
    const half = { exec: { command: ['true', '<'.repeat(600_000)] } };
    const updated = { namespace: ENFORCED, spec: { containers: [container({ livenessProbe: half })] } };
    expect(await outcomeOf('admit', gated('updated', updated))).not.toHaveProperty('message');
    await inTime(async attempt => {
      await kubectlOk(['annotate', 'pod', 'updated', '-n', ENFORCED, `example.com/attempt-${attempt}=x`]);
      return /"operation":"UPDATE".*"name":"updated".*"verdict":"admit"/.test(await logs());
    });
  });

  it('and one of more values than are judged is answered, and recorded under its name', async () => {
    const ports = Array.from({ length: 52_000 }, () => ({ containerPort: 1 }));
    const many = gated('many', { namespace: ENFORCED, spec: { containers: [container({ ports })] } });
    expect(await refusal(create(many))).toContain('the body holds more than 100000 values');
    expect(await logs()).toMatch(/"namespace":"cofferdam-e2e-rollout","name":"many".*"verdict":"unreadable"/);
  });
});

describe('requests that never end, held on every replica', () => {
  /** Together they leave less than a review of the 16 MiB that a replica used to hold. */
  const HELD = 3;
  const BYTES = 5_592_000;
  const PODS = 40;
  /** Of most of them, on a busy machine: with two calls that fail, a creation took 4 s. */
  const ORDINARY_MS = 1000;

  it('keep no Pod from its class, nor hold it up', async () => {
    const release = targets.flatMap(target => Array.from({ length: HELD }, () => hold(target, BYTES)));
    const fared: { readonly runtimeClass: string | undefined; readonly took: number }[] = [];
    try {
      await sleep(1000);
      for (let i = 0; i < PODS; i++) {
        const begin = performance.now();
        const { spec } = await create(gated(`held-${i}`, { namespace: ELSEWHERE, labels: HIGH_RISK }));
        fared.push({ runtimeClass: spec?.runtimeClassName, took: performance.now() - begin });
      }
    } finally {
      for (const end of release) end();
    }
    expect(fared.filter(({ runtimeClass }) => runtimeClass !== SANDBOX)).toEqual([]);
    const times = fared.map(({ took }) => took).sort((a, b) => a - b);
    expect(times[PODS / 2]).toBeLessThan(ORDINARY_MS);
  });
});

describe('connections that are held on the port of the probes', () => {
  /** The kubelet asks every two seconds, and takes a replica for not ready after two that fail. */
  const LONG_MS = 8000;

  it('have no replica taken for dead', async () => {
    const held = targets.flatMap(({ host }) => Array.from({ length: 150 }, () => holdOpen(host, 8080)));
    try {
      await sleep(LONG_MS);
      expect((await replicas()).map(isReady)).toEqual(targets.map(() => true));
    } finally {
      for (const end of held) end();
    }
  });
});

describe('reviews that nobody asked for', () => {
  const FORGED = 300;

  async function namespaceCalls(): Promise<number> {
    const lines = (await kubectlOk(['get', '--raw', '/metrics'])).split('\n');
    return lines
      .filter(line => /^apiserver_request_total\{.*resource="namespaces".*verb="GET"/.test(line))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  it('have a replica ask for some of the namespaces that they make up, and no more', async () => {
    const [target] = targets;
    if (!target) throw new Error('there is no replica');
    const before = await namespaceCalls();
    const begin = performance.now();
    for (let i = 0; i < FORGED; i++) {
      expect(await forge(target, `made-up-${i}`, `forged-${i}`)).toContain('"allowed":false');
    }
    const seconds = (performance.now() - begin) / 1000;
    // Ten at once, ten a second, and what else goes on in the cluster.
    expect((await namespaceCalls()) - before).toBeLessThan(10 + 10 * seconds + 30);
  });
});
