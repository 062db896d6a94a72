import { setTimeout as sleep } from 'node:timers/promises';
import type { V1EndpointSlice } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attackAll,
  deleteSecret,
  foreignPair,
  nudgeKubelet,
  type Pair,
  secretCertificate,
  servedBy,
  silentPort,
  writeSecret,
} from './support/adversity.ts';
import { cofferdam } from './support/cli.ts';
import { kill, startKiller } from './support/kill.ts';
import { apply, kubectl, kubectlOk } from './support/kubectl.ts';
import { storedGuard } from './support/leader.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { HIGH_RISK, type PodTweak, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ELSEWHERE,
  ENFORCED,
  HOME,
  install,
  isReady,
  metric,
  release,
  removeRelease,
  replicas,
  SANDBOX,
  settled,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { E2E_LABEL, MODE_LABEL } from './support/settings.ts';
import { during, isWrong, type Kind, type Outcome, outcomeOf } from './support/stream.ts';

/*
What befalls an installation besides attacks on its port: what it stands on is replaced, lost, hangs, or is upgraded at a
bad moment. The chart has its default values, but for the mode of namespaces that other tests have.
*/

let numbered = 0;
const attempt = (kind: Kind, tweak: PodTweak): Promise<Outcome> =>
  outcomeOf(kind, gated(`adversity-${numbered++}`, { namespace: ENFORCED, ...tweak }));
const risky = (namespace = ENFORCED): Promise<Outcome> =>
  attempt('sandbox', { namespace, labels: HIGH_RISK });
const uncontainable = (): Promise<Outcome> => attempt('reject', { spec: UNCONTAINABLE });
const tell = (line: string): void => void process.stderr.write(`      ${line}\n`);
const secondsSince = (begin: number): string => ((performance.now() - begin) / 1000).toFixed(1);

const getsItsSandbox = (namespace = ENFORCED): Promise<true> =>
  poll(
    'a Pod gets its sandbox',
    async () => ((await risky(namespace)).runtimeClass === SANDBOX ? true : undefined),
    60,
  );

/** Failures of `cofferdam doctor`, by check. */
async function failures(): Promise<Record<string, readonly string[]>> {
  const { checks } = JSON.parse((await cofferdam(['doctor', '-o', 'json'])).stdout) as {
    checks: { id: string; mark: string; remarks: { mark: string; message: string }[] }[];
  };
  return Object.fromEntries(
    checks
      .filter(({ mark }) => mark === 'failure')
      .map(({ id, remarks }) => [
        id,
        remarks.filter(({ mark }) => mark === 'failure').map(({ message }) => message),
      ]),
  );
}

const restarts = async (): Promise<readonly number[]> =>
  (await replicas()).map(({ status }) => status?.containerStatuses?.[0]?.restartCount ?? 0);

beforeAll(async () => {
  await install({});
  await kubectlOk(['label', 'namespace', ELSEWHERE, `${MODE_LABEL}=inject`, '--overwrite']);
  await poll('the leader has written the guard', async () =>
    (await storedGuard()).spec.validations ? true : undefined,
  );
  await getsItsSandbox();
}, BUILD_TIMEOUT);
afterAll(removeRelease);

describe('somebody who may write Secrets in the namespace of the release', () => {
  const caBundle = (): Promise<string> => {
    const path = 'jsonpath={.webhooks[0].clientConfig.caBundle}';
    return kubectlOk(['get', 'mutatingwebhookconfiguration', 'zz-cofferdam', '-o', path]);
  };
  const served = async (): Promise<readonly string[]> => Promise.all((await replicas()).map(servedBy));
  const isServed = (pair: Pair): Promise<true> =>
    poll(
      'every replica serves it',
      async () => ((await served()).every(cert => cert.trim() === pair.cert.trim()) ? true : undefined),
      100,
    );
  let trusted: string;
  beforeAll(async () => {
    trusted = await caBundle();
  });

  it('cannot have an expired certificate in there while cert-manager runs: it issues another at once', async () => {
    const expired = await foreignPair(true);
    const outcomes = await during(async () => {
      await writeSecret(expired);
      const begin = performance.now();
      await poll('cert-manager has issued another', async () => {
        const now = await secretCertificate();
        return now !== '' && now.trim() !== expired.cert.trim() ? true : undefined;
      });
      tell(`cert-manager issued another after ${secondsSince(begin)} s`);
      await poll('the webhooks trust the CA of before', async () =>
        (await caBundle()) === trusted ? true : undefined,
      );
    });
    expect(outcomes.filter(isWrong)).toEqual([]);
    await nudgeKubelet();
    await getsItsSandbox();
  });

  describe('with the Certificate deleted, so that nobody puts the Secret right', () => {
    beforeAll(() => kubectlOk(['delete', 'certificate', 'cofferdam', '-n', HOME]));

    it('doctor tells', async () => {
      expect((await failures())['serving-certificate']?.join()).toContain(`"${HOME}/cofferdam"`);
    });

    it('does not get an expired one served', async () => {
      const before = await served();
      await writeSecret(await foreignPair(true));
      await nudgeKubelet();
      await poll(
        'every replica has seen it',
        async () => {
          const name = 'cofferdam_certificate_reload_errors_total';
          const counts = await Promise.all((await replicas()).map(one => metric(one, name)));
          return counts.every(count => count > 0) ? true : undefined;
        },
        100,
      );
      expect(await served()).toEqual(before);
      await getsItsSandbox();
    });

    it('gets one of another CA served, and every call fails: the guard refuses what must be, inject goes without', async () => {
      const foreign = await foreignPair();
      await writeSecret(foreign);
      await nudgeKubelet();
      await isServed(foreign);
      // cainjector has nothing to go by without the Certificate.
      expect(await caBundle()).toBe(trusted);
      // Existing connections would go on, so this ends them.
      await kubectlOk([
        ...['delete', 'pods', '-n', HOME, '--grace-period=0', '--force'],
        ...(await replicas()).map(({ metadata }) => metadata?.name ?? ''),
      ]);
      await settled(2);
      expect((await risky()).message).toMatch(/cofferdam-guard.*Try again/);
      expect((await uncontainable()).message).toMatch(/cofferdam-guard/);
      expect(await attempt('admit', {})).not.toHaveProperty('message');
      expect(await risky(ELSEWHERE)).toMatchObject({ runtimeClass: undefined });
    });

    it('and it is right again once the Certificate is back and the Secret deleted', async () => {
      await release({});
      await deleteSecret();
      await poll('cert-manager has issued one', async () => (await secretCertificate()) || undefined);
      await nudgeKubelet();
      await getsItsSandbox();
      await getsItsSandbox(ELSEWHERE);
    });
  });
});

describe('an EndpointSlice that somebody adds to the Service', () => {
  const NAME = 'added';
  const slice = (host: string, port: number, labels: Record<string, string> = {}): V1EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: NAME,
      namespace: HOME,
      labels: { 'kubernetes.io/service-name': 'cofferdam', ...labels },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'webhook', port, protocol: 'TCP' }],
  });
  let silent: Awaited<ReturnType<typeof silentPort>>;
  let host: string;
  beforeAll(async () => {
    silent = await silentPort();
    host = (await replicas())[0]?.status?.hostIP ?? '';
  });
  afterAll(async () => {
    silent?.close();
    await kubectlOk(['delete', 'endpointslice', NAME, '-n', HOME, '--ignore-not-found']);
  });

  it('gets calls that nobody answers: nothing is let in for it, and doctor names it', async () => {
    const outcomes = await during(async () => {
      await kubectlOk(['create', '-f', '-'], slice(host, silent.port));
      await sleep(8000);
      expect((await failures())['webhook-endpoints']).toEqual([
        `EndpointSlice "${NAME}" in "${HOME}" was not made by Kubernetes, and sends some calls of the webhook to "${host}".`,
      ]);
    });
    const failed = outcomes.filter(({ kind, message }) => kind === 'sandbox' && message !== undefined);
    tell(`${failed.length} of ${outcomes.length} Pods were to be tried again`);
    expect(outcomes.filter(isWrong)).toEqual([]);
    for (const { message } of failed) expect(message).toMatch(/cofferdam-guard.*Try again/);
    await kubectlOk(['delete', 'endpointslice', NAME, '-n', HOME]);
  });

  it('is taken away by its controller where it claims to be of that', async () => {
    const managed = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
    await kubectlOk(['create', '-f', '-'], slice(host, silent.port, managed));
    await poll('it is gone', async () => {
      const { stdout } = await kubectl(['get', 'endpointslices', '-n', HOME, '-o', 'json']);
      return stdout.includes(`"${host}"`) ? undefined : true;
    });
  });
});

describe('the CustomResourceDefinitions are deleted, and put back', () => {
  const policy = {
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'adversity', labels: { [E2E_LABEL]: 'true' } },
    spec: {
      match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENFORCED } } },
      minimumIsolation: 'app-kernel',
    },
  };
  /** The guard rests nine times as long as the API server took to take it, which on a busy machine is seconds. */
  const PATIENCE_S = 120;
  const plainGets = (runtimeClass: string | undefined): Promise<true> =>
    poll(
      `plain Pods get ${runtimeClass ?? 'none'}`,
      async () => {
        // There are so many requests that both replicas are asked.
        const outcomes = await Promise.all(Array.from({ length: 8 }, () => attempt('admit', {})));
        const all = outcomes.every(one => one.message === undefined && one.runtimeClass === runtimeClass);
        return all ? true : undefined;
      },
      PATIENCE_S,
    );
  const generation = async (): Promise<number> => (await storedGuard()).metadata.generation;
  const isRewritten = (since: number): Promise<true> =>
    poll(
      'the guard is written anew',
      async () => ((await generation()) > since ? true : undefined),
      PATIENCE_S,
    );
  let before: readonly number[];
  beforeAll(async () => {
    before = await restarts();
    const written = await generation();
    expect(await apply(policy)).toMatchObject({ code: 0 });
    await plainGets(SANDBOX);
    await isRewritten(written);
  });

  it('balanced stays, nothing crashes, and doctor tells', async () => {
    const written = await generation();
    await kubectlOk(['delete', 'crd', '-l', 'app.kubernetes.io/part-of=cofferdam', '--timeout=50s']);
    await isRewritten(written);
    await plainGets(undefined);
    expect((await risky()).runtimeClass).toBe(SANDBOX);
    expect((await uncontainable()).message).toMatch(/rejected/);
    expect((await failures()).definitions?.join()).toContain('The kinds of cofferdam.dev do not exist');
    expect((await replicas()).map(isReady)).toEqual([true, true]);
    expect(await restarts()).toEqual(before);
  });

  it('and it is in step again within seconds of a policy that follows', async () => {
    await release({});
    const written = await generation();
    const begin = performance.now();
    expect(await apply(policy)).toMatchObject({ code: 0 });
    await plainGets(SANDBOX);
    tell(`replicas are in step ${secondsSince(begin)} s after the policy`);
    await isRewritten(written);
    tell(`and the guard ${secondsSince(begin)} s after it`);
    await kubectlOk(['delete', 'csbp', policy.metadata.name]);
    await plainGets(undefined);
    expect(await restarts()).toEqual(before);
  });
});

/** The requests that were refused although they might have passed, each with a message that says so. */
function toBeTriedAgain(outcomes: readonly Outcome[]): readonly Outcome[] {
  const failed = outcomes.filter(({ kind, message }) => kind !== 'reject' && message !== undefined);
  const slowest = Math.max(...outcomes.map(({ took }) => took));
  tell(`${failed.length} of ${outcomes.length} were to be tried again, the slowest took ${slowest} ms`);
  for (const { message } of failed) expect(message).toMatch(/Try again/);
  return failed;
}

describe('a replica that hangs', () => {
  it('fails what is sent to it until it leaves the endpoints, and is started again', async () => {
    const [victim] = await replicas();
    const name = victim?.metadata?.name;
    if (!victim) throw new Error('there is no replica');
    await startKiller(victim.spec?.nodeName ?? '');
    const now = async () => (await replicas()).find(({ metadata }) => metadata?.name === name);
    let hungAt = 0;
    const outcomes = await during(async () => {
      hungAt = performance.now();
      await kill(victim, 'STOP');
      await poll('it is not ready', async () => {
        const replica = await now();
        return replica && !isReady(replica) ? true : undefined;
      });
      tell(`not ready after ${secondsSince(hungAt)} s`);
      await poll(
        'it was started again',
        async () => ((await now())?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 || undefined,
        90,
      );
      tell(`started again after ${secondsSince(hungAt)} s`);
      await settled(2);
    });
    expect(outcomes.filter(isWrong)).toEqual([]);
    const failed = toBeTriedAgain(outcomes);
    // The replica got half of the calls at most, and once it had left the endpoints, only those on earlier connections.
    expect(failed.length).toBeLessThan(outcomes.length / 2);
    expect(failed.filter(({ at }) => at < hungAt - 3000)).toEqual([]);
  });
});

describe('an upgrade while strangers hold requests, connections and probes', () => {
  /** Of a hundred Pods: each call has 2 s, which on a busy machine a new replica may not answer in. */
  const FEW = 10;

  it('lets in nothing, and few Pods have to be tried again', async () => {
    const end = attackAll();
    try {
      const outcomes = await during(() => release({ podAnnotations: { revision: '2' } }));
      expect(outcomes.filter(isWrong)).toEqual([]);
      const failed = toBeTriedAgain(outcomes);
      expect((failed.length / outcomes.length) * 100).toBeLessThan(FEW);
    } finally {
      await end();
    }
  }, 400_000);
});
