import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './support/cli.ts';
import { create } from './support/client.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { HIGH_RISK } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ELSEWHERE,
  ENFORCED,
  install,
  metricsOf,
  removeRelease,
  replicas,
  SANDBOX,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { E2E_LABEL, MODE_LABEL, WORK } from './support/settings.ts';

/*
From an installation that refuses nothing to one that enforces: what runs is saved, what is suggested is applied, and nothing
that runs is refused when it is made anew. Then a stricter policy is tried on what runs, applied, and does what was said.
*/

const SNAPSHOT = join(WORK, 'suggest-cluster.json');
const START = join(WORK, 'suggest-start.yaml');
const STRICTER = join(WORK, 'suggest-stricter.json');

const PODS: readonly V1Pod[] = [
  gated('plain', { namespace: ELSEWHERE }),
  gated('risky', { namespace: ELSEWHERE, labels: HIGH_RISK }),
  gated('agent', { namespace: ELSEWHERE, spec: { hostPID: true } }),
];

const stricter = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'cofferdam-e2e-stricter', labels: { [E2E_LABEL]: 'true' } },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ELSEWHERE } } },
    minimumIsolation: 'app-kernel',
  },
};

/** The class that a Pod gets when it is made anew; `rejected` where it is refused. Nothing is stored. */
async function madeAnew(pod: V1Pod): Promise<string | undefined> {
  const anew = { ...pod, metadata: { ...pod.metadata, name: `${pod.metadata?.name}-anew` } };
  const { code, stdout, stderr } = await kubectl(
    ['create', '--dry-run=server', '-o', 'json', '-f', '-'],
    anew,
  );
  if (code === 0) return (JSON.parse(stdout) as V1Pod).spec?.runtimeClassName;
  expect(stderr).toMatch(/rejected|denied/);
  return 'rejected';
}
const allAnew = () => Promise.all(PODS.map(madeAnew));

/** Lines of a replica's metrics that count Pods which would be rejected. */
const REJECTED = /^cofferdam_pods\{[^}]*verdict="reject"[^}]*\} [1-9]/m;

describe('what runs', () => {
  beforeAll(async () => {
    await install({ guard: { enabled: true } });
    for (const pod of PODS) await create(pod);
  }, BUILD_TIMEOUT);
  afterAll(async () => {
    const owned = ['clustersandboxpolicy/cofferdam-e2e-stricter'];
    await kubectl(['delete', ...owned, '--ignore-not-found']);
    await kubectl(['delete', 'sandboxexemptions', '--all']);
    await removeRelease();
  });

  it('is saved, and a set to start with is made from that', async () => {
    const saved = await cofferdam(['snapshot', SNAPSHOT]);
    expect(saved.stderr).toContain('note: saved ');
    expect(saved.code).toBe(0);
    const suggested = await cofferdam([
      'suggest',
      '--snapshot',
      SNAPSHOT,
      '-o',
      'json',
      '-o',
      `yaml=${START}`,
    ]);
    expect(suggested.code).toBe(0);
    const { namespaces, exemptions, left } = JSON.parse(suggested.stdout);
    expect(left).toEqual([]);
    expect(exemptions).toMatchObject([
      { breakouts: ['hostPID'], workloads: [{ name: 'Pod/agent', pods: 1 }] },
    ]);
    // Whatever else the cluster has is there, too.
    expect(namespaces).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: ELSEWHERE, mode: 'warn', because: 'exempt' }),
        expect.objectContaining({ name: ENFORCED, mode: 'enforce' }),
      ]),
    );
  });

  it('is not refused when it is made anew, with that applied and everything enforced', async () => {
    await kubectlOk(['apply', '-f', START]);
    await kubectlOk(['label', '--overwrite', 'namespace', ELSEWHERE, `${MODE_LABEL}=enforce`]);
    await poll('the exemption is in force', async () =>
      (await allAnew()).includes('rejected') ? undefined : true,
    );
    const classes = await allAnew();
    expect(classes[0]).toBeUndefined();
    expect(classes[1]).toBe(SANDBOX);
    expect(classes[2]).toBeUndefined();
    expect((await cofferdam(['review', '--from-cluster'])).code).toBe(0);
  });

  it('is clean for the scan', async () => {
    await poll(
      'no replica counts a Pod that would be rejected, and one has counted',
      async () => {
        const all = await Promise.all((await replicas()).map(metricsOf));
        return all.some(text => /^cofferdam_pods\{/m.test(text)) && !all.some(text => REJECTED.test(text))
          ? true
          : undefined;
      },
      120,
    );
  });

  it('does under a stricter policy what was said before it was applied', async () => {
    await writeFile(STRICTER, JSON.stringify(stricter));
    const { code, stdout } = await cofferdam([
      ...['diff', '--from-cluster', '-n', ELSEWHERE, '--policy', STRICTER, '-o', 'json'],
    ]);
    const changes = JSON.parse(stdout).changes as readonly {
      readonly name: string;
      readonly after: { readonly verdict: string; readonly runtimeClass: string | null };
    }[];
    const said = PODS.map(({ metadata }, i) => {
      const change = changes.find(({ name }) => name === metadata?.name);
      if (!change) return i === 1 ? SANDBOX : undefined;
      return change.after.verdict === 'reject' ? 'rejected' : (change.after.runtimeClass ?? undefined);
    });
    expect(said[2]).toBe('rejected');
    expect(code).toBe(1);
    await kubectlOk(['apply', '-f', STRICTER]);
    await poll('the policy is in force', async () =>
      (await madeAnew(PODS[2] as V1Pod)) === 'rejected' ? true : undefined,
    );
    expect(await allAnew()).toEqual(said);
  });
});
