import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { type ApiServer, startApiServer } from '../support/kube-server.ts';
import { cofferdam } from './stranger.ts';

/*
A Deployment may be paused, and a rollout stuck: its Pods then say nothing of what is made next.
*/

let folder: string;
let server: ApiServer | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-next-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const PATHS = {
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  CronJob: '/apis/batch/v1/cronjobs',
} as const;
type Kind = keyof typeof PATHS;

/** Fields of a Pod that its template does not have. */
const ADDED = {
  serviceAccountName: 'default',
  tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
};
const podsOf = (kind: Kind, spec: object = {}) => {
  const owner = { Deployment: 'ReplicaSet', CronJob: 'Job' }[kind as string] ?? kind;
  const made = owner === kind ? 'web' : 'web-1';
  return [0, 1].map(i => pod('shop', `web-1-${i}`, { ...ADDED, ...spec }, ownedBy(owner, made)));
};
function workload(kind: Kind, spec: object, status?: object, metadata: object = {}) {
  const template = { metadata: {}, spec: pod('shop', 'web', spec).spec };
  const made = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { replicas: 2, template };
  return {
    metadata: { name: 'web', namespace: 'shop', generation: 2, ...metadata },
    spec: made,
    ...(status && { status }),
  };
}
const clusterOf = (kind: Kind, object: object, podSpec: object = {}) => ({
  ...CLUSTER,
  '/api/v1/pods': podsOf(kind, podSpec),
  '/apis/apps/v1/replicasets': [
    { metadata: { name: 'web-1', namespace: 'shop', ...ownedBy('Deployment', 'web') } },
  ],
  '/apis/batch/v1/jobs': [{ metadata: { name: 'web-1', namespace: 'shop', ...ownedBy('CronJob', 'web') } }],
  [PATHS[kind]]: [object],
});

const on = async (cluster: object, ...argv: readonly string[]) => {
  server = await startApiServer(cluster as never);
  const ran = await cofferdam([...argv, '--from-cluster', '--kubeconfig', server.kubeconfig]);
  await server.stop();
  server = undefined;
  return ran;
};
interface Result {
  readonly owner: { readonly kind: string };
  readonly next?: true;
  readonly verdict: string;
}
const nextIn = async (cluster: object): Promise<readonly string[]> => {
  const { out } = await on(cluster, 'review', '-o', 'json');
  const { results } = JSON.parse(out) as { results: readonly Result[] };
  expect(results.filter(({ next }) => !next)).toHaveLength(2);
  return results.filter(({ next }) => next).map(({ owner, verdict }) => `${owner.kind} ${verdict}`);
};

const HOST = { hostPID: true };

describe.each(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const)('a %s', kind => {
  it('whose template was changed is judged by it, besides its Pods', async () => {
    expect(await nextIn(clusterOf(kind, workload(kind, HOST)))).toEqual([`${kind} reject`]);
  });

  it('whose Pods were made of its template is judged by them alone', async () => {
    expect(await nextIn(clusterOf(kind, workload(kind, HOST), HOST))).toEqual([]);
  });
});

describe('of a Deployment', () => {
  const NONE = { observedGeneration: 2 };
  const SOME = { observedGeneration: 2, updatedReplicas: 1 };

  it('the controller says whether any of its Pods is new, whatever admission adds to them', async () => {
    expect(await nextIn(clusterOf('Deployment', workload('Deployment', {}, NONE), HOST))).toEqual([
      'Deployment admit',
    ]);
    expect(await nextIn(clusterOf('Deployment', workload('Deployment', HOST, SOME)))).toEqual([]);
  });

  it('its Pods say it where none is wanted any more', async () => {
    const object = workload('Deployment', {}, NONE);
    Object.assign(object.spec, { replicas: 0 });
    expect(await nextIn(clusterOf('Deployment', object))).toEqual([]);
  });

  it('its Pods say it where the controller has not looked yet', async () => {
    const changed = workload('Deployment', HOST, SOME, { generation: 3 });
    expect(await nextIn(clusterOf('Deployment', changed))).toEqual(['Deployment reject']);
  });

  it('a label of the template counts, which a policy may go by', async () => {
    const object = workload('Deployment', {});
    Object.assign(object.spec, {
      template: {
        ...(object.spec as never as { template: object }).template,
        metadata: { labels: { 'cofferdam.dev/risk': 'critical' } },
      },
    });
    expect(await nextIn(clusterOf('Deployment', object))).toEqual(['Deployment sandbox']);
  });
});

const AHEAD = clusterOf('Deployment', workload('Deployment', HOST));

describe('what would be made next', () => {
  it('is in a review, which says so, and no Pod counts twice', async () => {
    const { out } = await on(AHEAD, 'review');
    expect(out).toContain('Would be rejected: 0 Pods, 1 owner');
    expect(out).toMatch(/^Deployment\/web \(next Pods\) {2}shop +- /m);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '2 Pods in 1 namespace of context "test": 2 admit. 1 workload with a template that is newer than all of its Pods: 1 reject by it.',
    );
    expect(out).not.toContain('without a Pod now');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Judged by its template, which was changed after its Pods were made.',
    );
  });

  it('is in a diff, which counts the Pods that run', async () => {
    const file = join(folder, 'vm.yaml');
    writeFileSync(
      file,
      'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: vm}\nspec: {minimumIsolation: vm}\n',
    );
    const cluster = clusterOf('Deployment', workload('Deployment', UNCONFINED));
    const table = await on(cluster, 'diff', '--policy', file);
    expect(table.out).toMatch(/Deployment\/web {14}shop +2 {2}host kernel +kata-qemu/);
    expect(table.out).toMatch(/Deployment\/web \(next Pods\) {2}shop +0 {2}gvisor \(app-kernel\) +kata-qemu/);
    const { changes, summary } = JSON.parse((await on(cluster, 'diff', '--policy', file, '-o', 'json')).out);
    expect(changes.filter(({ next }: Result) => next)).toMatchObject([{ kind: 'Deployment', pods: 0 }]);
    expect(summary).toMatchObject({
      judged: 3,
      where: [
        { before: 2, after: 0 },
        { before: 0, after: 2 },
      ],
    });
  });

  it('is what a suggestion exempts, and says so', async () => {
    const { out } = await on(AHEAD, 'suggest');
    expect(out).toContain('# For Deployment/web (its next Pods).');
    expect(out).toContain('signal: hostPID');
    const { exemptions, namespaces } = JSON.parse((await on(AHEAD, 'suggest', '-o', 'json')).out);
    expect(exemptions[0].workloads).toEqual([{ name: 'Deployment/web', pods: 0, next: true }]);
    expect(namespaces.find(({ name }: { name: string }) => name === 'shop')).toMatchObject({
      pods: 2,
      mode: 'warn',
    });
    expect((await on(AHEAD, 'suggest', '-o', 'table')).out).toContain('Deployment/web (next Pods)');
  });

  it.each(['review', 'suggest'])('is the same in %s of a snapshot', async command => {
    const file = join(folder, 'saved.json');
    for (const status of [
      undefined,
      { observedGeneration: 2 },
      { observedGeneration: 2, updatedReplicas: 7 },
    ]) {
      const cluster = clusterOf('Deployment', workload('Deployment', HOST, status));
      server = await startApiServer(cluster as never);
      await cofferdam(['snapshot', file, '--kubeconfig', server.kubeconfig]);
      await server.stop();
      const live = await on(cluster, command, '-o', 'json');
      const saved = await cofferdam([command, '--snapshot', file, '-o', 'json']);
      const { snapshot: _, cluster: __, ...rest } = JSON.parse(saved.out);
      const { snapshot: ___, cluster: ____, ...expected } = JSON.parse(live.out);
      expect(rest).toEqual(expected);
      expect(
        JSON.stringify(rest).includes('"next": true') || JSON.stringify(rest).includes('"next":true'),
      ).toBe(status?.updatedReplicas === undefined);
    }
  });

  describe('by explain', () => {
    const file = () => join(folder, 'explained.json');
    async function save(cluster: object): Promise<void> {
      server = await startApiServer(cluster as never);
      await cofferdam(['snapshot', file(), '--kubeconfig', server.kubeconfig]);
    }
    const explain = (...argv: readonly string[]) => cofferdam(['explain', '--snapshot', file(), ...argv]);
    const TEMPLATE = 'Judged by its template, which was changed after its Pods were made';

    it.each([[['--name', 'Deployment/web']], [['--name', 'web']], [['-n', 'shop']]])(
      'is explained where %j asks for the workload, with a Pod to ask for besides',
      async argv => {
        await save(AHEAD);
        const { code, out, err } = await explain(...argv);
        expect(out).toMatch(/^Deployment\/web in namespace shop /);
        expect(out.replaceAll(/\s+/g, ' ')).toContain(TEMPLATE);
        expect(out).toContain('hostPID');
        expect(err).toBe(
          'note: this is the template of Deployment/web, not yet that of its Pods: --name Pod/web-1-0 explains one of these\n',
        );
        expect(code).toBe(1);
        const { result } = JSON.parse((await explain(...argv, '-o', 'json')).out);
        expect(result).toMatchObject({ kind: 'Deployment', next: true, verdict: 'reject' });
      },
    );

    it('is not what explains a Pod', async () => {
      await save(AHEAD);
      const { code, out, err } = await explain('--name', 'web-1-1');
      expect(out).toMatch(/^Pod\/web-1-1 in namespace shop /);
      expect([code, err]).toEqual([0, '']);
    });

    it('is not there where the Pods are of the template', async () => {
      await save(clusterOf('Deployment', workload('Deployment', HOST), HOST));
      const { code, out, err } = await explain('--name', 'Deployment/web');
      expect(out).toMatch(/^Pod\/web-1-0 in namespace shop /);
      expect([code, err]).toEqual([1, '']);
    });
  });
});
