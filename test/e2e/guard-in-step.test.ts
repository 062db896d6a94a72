import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { feed } from '../../src/controller/feed.ts';
import { guardTask } from '../../src/controller/guard/task.ts';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { connect } from '../../src/kube/connect.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { guardFor } from '../support/guard-for.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { applyAll, remove } from './support/guarding.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { E2E_LABEL, GUARDED, WORK } from './support/settings.ts';

const KEEPER = 'cofferdam-e2e-keeper';
const labels = { [E2E_LABEL]: 'true' };
const rbac = 'rbac.authorization.k8s.io';
/** Get and update of the one object, and nothing else. */
const ACCOUNT = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: KEEPER, namespace: GUARDED } },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: KEEPER, labels },
    rules: [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingadmissionpolicies'],
        resourceNames: ['cofferdam-guard'],
        verbs: ['get', 'update'],
      },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: KEEPER, labels },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: KEEPER },
    subjects: [{ kind: 'ServiceAccount', name: KEEPER, namespace: GUARDED }],
  },
];

const strictOn = (app: string): Snapshot =>
  snapshotOf([
    {
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'ClusterSandboxPolicy',
      metadata: { name: 'strict' },
      spec: { match: { podSelector: { matchLabels: { app } } }, minimumIsolation: 'vm' },
    },
  ]);
const strict = strictOn('any');
const policies = feed<LoadedObjects>();
const load = (snapshot: Snapshot) =>
  policies.push({ objects: [], result: { snapshot, problems: [], accepted: new Map() } });

interface Stored {
  readonly metadata: { readonly generation: number; readonly annotations: Record<string, string> };
  readonly spec: object;
}
const stored = async (): Promise<Stored> =>
  JSON.parse(await kubectlOk(['get', 'validatingadmissionpolicy', 'cofferdam-guard', '-o', 'json']));

/** A kubeconfig that names the account by its token. */
async function kubeconfigOf(): Promise<string> {
  const config = JSON.parse(await kubectlOk(['config', 'view', '--raw', '--minify', '-o', 'json']));
  const token = (await kubectlOk(['create', 'token', KEEPER, '-n', GUARDED])).trim();
  config.users = [{ name: config.users[0].name, user: { token } }];
  const file = join(WORK, 'keeper.kubeconfig');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

const stopping = new AbortController();
let running: Promise<void>;
/** How much longer than it takes the API server a write seems to take it. */
let slowMs = 0;
const logged: string[] = [];

beforeAll(async () => {
  // The guard has no binding, so it binds nobody.
  const guard = guardFor(snapshotOf(), [], Date.now());
  await applyAll([
    ...ACCOUNT,
    { ...guard, metadata: { ...guard.metadata, labels: { ...labels, kept: 'yes' } } },
  ]);
  const { api } = await connect({ kubeconfig: await kubeconfigOf() });
  const slowed: Api = Object.assign(async (request: ApiCall) => {
    if (request.method === 'PUT') await sleep(slowMs);
    return api(request);
  }, api);
  const task = guardTask({
    ...{ api: slowed, policies, classes: feed<void>(), registry: new Registry() },
    view: { ready: () => true, runtimeClasses: () => builtinView().runtimeClasses() },
    log: createLogger('info', line => logged.push(line)),
  });
  running = task.run(stopping.signal);
});
afterAll(async () => {
  stopping.abort();
  await running;
  await remove('validatingadmissionpolicy', 'cofferdam-guard');
  await remove('clusterrole', KEEPER);
  await remove('clusterrolebinding', KEEPER);
});

it('the leader may bring the guard into step, writes it once, and puts it back', async () => {
  load(strict);
  const written = await poll('the guard is of the new policies', async () => {
    const now = await stored();
    return now.metadata.annotations['cofferdam.dev/snapshot'] === strict.version ? now : undefined;
  });
  const { spec } = guardFor(strict, builtinView().runtimeClasses(), Date.now());
  expect(written.spec).toEqual(spec);
  expect(written.metadata).toMatchObject({ labels: { kept: 'yes' } });
  load(strict);
  await sleep(1500);
  expect((await stored()).metadata.generation).toBe(written.metadata.generation);

  await kubectlOk([
    'patch',
    'validatingadmissionpolicy',
    'cofferdam-guard',
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/spec/validations/0"}]',
  ]);
  load(strict);
  // Before Kubernetes 1.36 the leader writes it once a minute at most.
  const seconds = 90;
  await poll(
    'the guard is put back',
    async () => {
      const now = await stored();
      return JSON.stringify(now.spec) === JSON.stringify(written.spec) ? now : undefined;
    },
    seconds,
  );
}, 150_000);

const CHANGING_MS = 9000;

it('policies that change without a pause have it written for a tenth of the time, and the last of them is', async () => {
  slowMs = 400;
  const before = (await stored()).metadata.generation;
  let last = strict;
  for (const end = performance.now() + CHANGING_MS; performance.now() < end; await sleep(50)) {
    last = strictOn(`at-${Math.round(performance.now())}`);
    load(last);
  }
  // One may have been due when it began, and a rest is nine times as long as a write takes at least.
  expect((await stored()).metadata.generation - before).toBeLessThanOrEqual(2);
  slowMs = 0;
  await poll('the guard is of the last policies', async () =>
    (await stored()).metadata.annotations['cofferdam.dev/snapshot'] === last.version ? true : undefined,
  );
});

it('the leader makes no guard where there is none', async () => {
  await kubectlOk(['delete', 'validatingadmissionpolicy', 'cofferdam-guard']);
  load(snapshotOf());
  await poll('it is told', async () =>
    logged.join('').includes('cofferdam-guard does not exist; run helm upgrade again with the same values')
      ? true
      : undefined,
  );
  expect((await kubectl(['get', 'validatingadmissionpolicy', 'cofferdam-guard'])).code).toBe(1);
});
