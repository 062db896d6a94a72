import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { running } from './support/client.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { installOpenReports } from './support/openreports.ts';
import { HIGH_RISK, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { type Replica, startReplica } from './support/replica.ts';
import { gated, makeNamespace } from './support/running.ts';
import { E2E_LABEL, GVISOR_CLASS } from './support/settings.ts';

const NAMESPACE = 'cofferdam-e2e-scan';
const NAME = 'cofferdam-e2e-scan';
/** A scan every 10 s; after a change of policies one within 5 s. */
const SCAN_SECONDS = 20;

const floor = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: NAME, labels: { [E2E_LABEL]: 'true' } },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } } },
    minimumIsolation: 'app-kernel',
  },
};
const inNamespace = { namespace: NAMESPACE };

const replicas: Replica[] = [];
let removeCrds: RemoveCrds = async () => undefined;
let removeReports: RemoveCrds = async () => undefined;

beforeAll(async () => {
  removeCrds = await installCrds();
  removeReports = await installOpenReports();
  await makeNamespace(NAMESPACE);
  replicas.push(await startReplica('replica-a', NAMESPACE), await startReplica('replica-b', NAMESPACE));
});
afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
  await removeReports();
  await removeCrds();
});

async function leader(): Promise<Replica> {
  return poll('one of them leads', async () => {
    for (const replica of replicas) if (await replica.leads()) return replica;
    return undefined;
  });
}
const followers = async (): Promise<Replica[]> => {
  const first = await leader();
  return replicas.filter(replica => replica !== first);
};
function forget(replica: Replica): void {
  replicas.splice(replicas.indexOf(replica), 1);
}

interface Report {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly result: string;
    readonly message: string;
    readonly resources: readonly { readonly name: string; readonly uid: string }[];
  }[];
}
async function report(): Promise<Report | undefined> {
  const { code, stdout, stderr } = await kubectl([
    'get',
    'report',
    'cofferdam',
    '-n',
    NAMESPACE,
    '-o',
    'json',
  ]);
  if (code === 0) return JSON.parse(stdout);
  if (stderr.includes('NotFound')) return undefined;
  throw new Error(stderr);
}
const namesOf = (found: Report | undefined): string[] | undefined =>
  found?.results.map(({ result, resources }) => `${resources[0]?.name} ${result}`);
/**
 * Waits for a Report that says so.
 * @param pods how many it was made of: a scan may have come between the first Pod and the last
 */
const reported = (expected: readonly string[] | undefined, pods = 0): Promise<Report | 'none'> =>
  poll(
    `the report says ${expected ?? 'nothing'} of ${pods} Pods`,
    async () => {
      const found = await report();
      const isSame = JSON.stringify(namesOf(found)) === JSON.stringify(expected);
      return isSame && podsOf(found) === pods ? (found ?? 'none') : undefined;
    },
    SCAN_SECONDS,
  );
const podsOf = (found: Report | undefined): number =>
  Object.values(found?.summary ?? {}).reduce((sum, one) => sum + one, 0);

describe('a scan of a real cluster', () => {
  it('finds a running Pod without the sandbox that it should have, and tells in report and metrics', async () => {
    const bare = await running(pod('bare', { ...inNamespace, labels: HIGH_RISK }));
    await running(pod('fine', inNamespace));
    await running(
      pod('isolated', { ...inNamespace, labels: HIGH_RISK, spec: { runtimeClassName: GVISOR_CLASS } }),
    );
    const found = (await reported(['bare warn'], 3)) as Report;
    expect(found.summary).toEqual({ pass: 2, fail: 0, warn: 1, error: 0, skip: 0 });
    expect(found.results[0]?.resources[0]?.uid).toBe(bare.metadata?.uid);
    expect(found.results[0]?.message).toMatch(
      /^runs on the host kernel: RuntimeClass ".+" \(app-kernel\) would/,
    );
    const { metric } = await leader();
    const pods = (verdict: string, isolation: string) =>
      metric(
        `cofferdam_pods{resource_namespace="${NAMESPACE}",verdict="${verdict}",isolation="${isolation}"}`,
      );
    expect(await pods('sandbox', 'host-kernel')).toBe(1);
    expect(await pods('admit', 'host-kernel')).toBe(1);
    expect(await pods('admit', 'app-kernel')).toBe(1);
    expect(await metric(`cofferdam_pods_drifted{resource_namespace="${NAMESPACE}"}`)).toBe(1);
    expect(await metric('cofferdam_scan_failures_total')).toBe(0);
  });

  it('leaves the report alone where nothing changed, and updates it in place where something did', async () => {
    const before = (await reported(['bare warn'], 3)) as Report;
    const stamp = async () => (await leader()).metric('cofferdam_scan_last_success_timestamp_seconds');
    const first = await stamp();
    await poll('another scan', async () => ((await stamp()) !== first ? true : undefined));
    expect((await report())?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await kubectlOk(['create', '-f', '-'], gated('host', { ...inNamespace, spec: { hostPID: true } }));
    const after = (await reported(['host fail', 'bare warn'], 4)) as Report;
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.results[1]).toEqual(before.results[0]);
  });

  it('follows a policy soon after it was applied, and its status is written by the leader', async () => {
    await kubectlOk(['apply', '-f', '-'], floor);
    await reported(['host fail', 'bare warn', 'fine warn'], 4);
    await kubectlOk(['wait', '--for=condition=Accepted', '--timeout=10s', `csbp/${NAME}`]);
    await kubectlOk(['delete', 'csbp', NAME]);
    await reported(['host fail', 'bare warn'], 4);
  });

  it('reads no more of a Pod than the webhook: one with more is an error in the report, beside the others', async () => {
    const imagePullSecrets = Array.from({ length: 150_000 }, () => ({}));
    const many = gated('many', { ...inNamespace, spec: { imagePullSecrets } });
    await kubectlOk(['create', '--validate=false', '-f', '-'], many);
    const found = await poll(
      'the report has it',
      async () => (await report())?.results.find(({ resources }) => resources[0]?.name === 'many'),
      SCAN_SECONDS,
    );
    expect(found).toMatchObject({ result: 'error', message: expect.stringContaining('100000 values') });
    await kubectlOk(['delete', 'pod', 'many', '-n', NAMESPACE, '--wait=true']);
    await reported(['host fail', 'bare warn'], 4);
  });

  it('makes a report anew that somebody made too large to be read', async () => {
    const before = (await reported(['host fail', 'bare warn'], 4)) as Report;
    const results = Array.from({ length: 35_000 }, () => ({ policy: 'x', resources: [] }));
    const folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
    // A pipe is no file to kubectl here, and the patch is too long for its command line.
    const patch = join(folder, 'patch.json');
    writeFileSync(patch, JSON.stringify({ results }));
    await kubectlOk(['patch', 'report', 'cofferdam', '-n', NAMESPACE, '--type=merge', '--patch-file', patch]);
    rmSync(folder, { recursive: true });
    const after = (await reported(['host fail', 'bare warn'], 4)) as Report;
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
  });

  it('takes the report away once there is nothing to tell', async () => {
    await kubectlOk(['delete', 'pod', 'bare', 'host', '-n', NAMESPACE, '--wait=true']);
    expect(await reported(undefined)).toBe('none');
  });
});

describe('of several replicas', () => {
  it('one leads, and shows what it found', async () => {
    const leading = await Promise.all(replicas.map(replica => replica.leads()));
    expect(leading.filter(Boolean)).toHaveLength(1);
    for (const follower of await followers()) {
      expect(await follower.metric('cofferdam_pods')).toBeUndefined();
      expect(await follower.metric('cofferdam_scan')).toBeUndefined();
    }
  });

  it('another leads at once where the leader is stopped', async () => {
    const first = await leader();
    const [second] = await followers();
    forget(first);
    const stopped = performance.now();
    await first.stop();
    await poll('the other leads', async () => ((await second?.leads()) ? true : undefined), 3);
    expect(performance.now() - stopped).toBeLessThan(4000);
  });

  it('a leader that was frozen is none any more when it goes on', async () => {
    const first = await leader();
    const second = await startReplica('replica-c', NAMESPACE);
    replicas.push(second);
    await sleep(3000);
    first.freeze();
    try {
      await poll('the other leads', async () => ((await second.leads()) ? true : undefined), 20);
    } finally {
      first.thaw();
    }
    expect(await first.leads()).toBe(false);
    expect(await second.leads()).toBe(true);
  });

  it('another leads within 20 s where the leader is killed, and not before its Lease is over', async () => {
    const first = await leader();
    const [second] = await followers();
    forget(first);
    first.kill();
    const killed = performance.now();
    await poll('the other leads', async () => ((await second?.leads()) ? true : undefined), 20);
    const seconds = (performance.now() - killed) / 1000;
    // Renewed 2 s before at most.
    expect(seconds).toBeGreaterThan(12);
    const lease = await kubectlOk(['get', 'lease', 'cofferdam', '-n', NAMESPACE, '-o', 'json']);
    expect(JSON.parse(lease).spec.leaseTransitions).toBe(3);
  });
});
