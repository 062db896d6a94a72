import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/kube/connect.ts';
import { CLUSTER, ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { countPods } from '../support/count-pods.ts';
import { type ApiServer, type Collections, startApiServer } from '../support/kube-server.ts';
import { servedNamespace } from '../support/objects.ts';
import { processorTimeOf } from '../support/processor-time.ts';
import { validate } from './review-schema.ts';
import { cofferdam, type Ran } from './stranger.ts';

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function review(collections: Collections, ...argv: readonly string[]): Promise<Ran> {
  server = await startApiServer({ ...CLUSTER, ...collections });
  return cofferdam(['review', '--from-cluster', '--kubeconfig', server.kubeconfig, ...argv]);
}

const web = (i: number) => pod('shop', `web-1-${i}`, UNCONFINED, ownedBy('ReplicaSet', 'web-1'));
const PODS = [
  pod('shop', 'plain'),
  web(1),
  web(2),
  pod('shop', 'risky', {}, { labels: { 'cofferdam.dev/risk': 'critical' } }),
  pod('shop', 'relay-x', { hostPID: true }, ownedBy('DaemonSet', 'relay')),
  { ...pod('shop', 'done', { hostPID: true }), status: { phase: 'Succeeded' } },
  pod('kube-system', 'proxy', { hostNetwork: true }, ownedBy('DaemonSet', 'kube-proxy')),
];
const RUNNING = {
  '/api/v1/pods': PODS,
  '/apis/apps/v1/replicasets': [
    { metadata: { name: 'web-1', namespace: 'shop', ...ownedBy('Deployment', 'web') } },
  ],
};

it('shows namespaces, owners and what it will cost', async () => {
  const { code, out, err } = await review(RUNNING);
  expect(err).toBe('');
  expect(code).toBe(1);
  expect(`\n${out}`).toBe(`
NAMESPACE    MODE     PODS  ADMIT  SANDBOX  REJECT  EXTRA CPU  EXTRA MEMORY
kube-system  off         1      -        -       -          -             -
shop         enforce     5      1        3       1      +0.29        +384Mi
                         6      1        3       1      +0.29        +384Mi

Would be rejected: 1 Pod, 1 owner
OBJECT           NAMESPACE  PODS  SCORE    REQUIRED
DaemonSet/relay  shop          1   80 +19  vm
  Why: No sandbox can contain the host's PID namespace.
  hostPID  spec.hostPID = true
    Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see each
         other.

Would be sandboxed: 3 Pods, 2 owners
OBJECT          NAMESPACE  PODS  SCORE    REQUIRED    CLASS
Deployment/web  shop          2   30 +15  app-kernel  gvisor
  A missing seccomp filter.
Pod/risky       shop          1   90 +10  vm          kata-qemu
  The label cofferdam.dev/risk=critical on the Pod.

Extra cost: 0.29 CPU and 384Mi, the overhead that the classes add to the requests of 2 Pods under
"gvisor" and 1 Pod under "kata-qemu".

6 Pods in 2 namespaces of context "test": 1 admit, 3 sandbox, 1 reject, 1 out of scope. 1 Pod that
has ended was passed over.
SCORE 30 +15: 30 counts towards REQUIRED, 15 is hygiene, which never does.
`);
});

it('goes by the policies of the cluster, which carry the status that serve wrote', async () => {
  const strict = {
    metadata: { name: 'strict' },
    spec: { minimumIsolation: 'vm' },
    status: { conditions: [{ type: 'Accepted', status: 'True' }] },
  };
  const { out, err } = await review({
    '/api/v1/pods': [pod('shop', 'plain')],
    '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [strict],
  });
  expect(err).toBe('');
  expect(out).toContain('1 sandbox');
});

describe('-o json', () => {
  it('fits its schema, a result a Pod with its owner, and the sums', async () => {
    const { out } = await review(RUNNING, '-o', 'json');
    const document = JSON.parse(out);
    expect(validate(document) || validate.errors).toBe(true);
    const verdicts = { total: 6, admit: 1, sandbox: 3, reject: 2 };
    expect(document.summary).toEqual({ ...verdicts, outOfScope: 1, skipped: 0 });
    expect(document.results[1]).toMatchObject({
      source: 'Pod/shop/web-1-1',
      line: null,
      kind: 'Pod',
      name: 'web-1-1',
      owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      runtimeClass: 'gvisor',
    });
    expect(document.cluster).toEqual({
      context: 'test',
      finished: 1,
      overhead: { pods: 3, cpu: 0.29, memory: 384 * 2 ** 20 },
      namespaces: [
        {
          name: 'kube-system',
          mode: 'off',
          pods: 1,
          admit: 0,
          sandbox: 0,
          reject: 1,
          overhead: { pods: 0, cpu: 0, memory: 0 },
        },
        {
          name: 'shop',
          mode: 'enforce',
          pods: 5,
          admit: 1,
          sandbox: 3,
          reject: 1,
          overhead: { pods: 3, cpu: 0.29, memory: 384 * 2 ** 20 },
        },
      ],
    });
  });
});

describe('exit codes', () => {
  const bad = pod('shop', 'bad', { hostPID: true });
  const labelled = (mode: string) => ({
    '/api/v1/pods': [bad],
    '/api/v1/namespaces': [servedNamespace('shop', { 'cofferdam.dev/mode': mode })],
  });

  it.each([
    ['nothing runs', { '/api/v1/pods': [] }, [], 0],
    ['a rejection', { '/api/v1/pods': [bad] }, [], 1],
    ['a rejection in a namespace that is audited', labelled('audit'), [], 0],
    ['the same, asked for as if enforced', labelled('audit'), ['--mode', 'enforce'], 1],
    ['a rejection in a system namespace', { '/api/v1/pods': [PODS.at(-1) as object] }, [], 0],
    ['Pods that may not be listed', { '/api/v1/pods': 403 }, [], 2],
    ['files besides', { '/api/v1/pods': [] }, ['deploy/'], 2],
    ['a namespace that is not there', { '/api/v1/namespaces/nowhere/pods': [] }, ['-n', 'nowhere'], 2],
  ] as const)('%s', async (_, collections, argv, code) => {
    expect((await review(collections, ...argv)).code).toBe(code);
  });

  it('says what to ask for where a list is refused', async () => {
    expect((await review({ '/api/v1/pods': 403 })).err).toBe(
      'error: /api/v1/pods is not for you\nAsk for a ClusterRole with verb list on pods; nothing is written.\n',
    );
  });
});

it('reads one namespace with -n', async () => {
  const { out } = await review({ '/api/v1/namespaces/shop/pods': [pod('shop', 'plain')] }, '-n', 'shop');
  expect(out).toContain('1 Pod in 1 namespace of context "test": 1 admit.');
  expect(server?.requests.filter(({ path }) => path.startsWith('/api/v1/pods'))).toEqual([]);
});

it('takes exemptions that the cluster holds', async () => {
  const exemption = {
    metadata: { name: 'relays' },
    spec: {
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPID' }],
      owner: 'me',
      reason: 'it watches',
      expires: new Date(Date.now() + 86_400_000).toISOString(),
    },
  };
  const { code, out, err } = await review({
    '/api/v1/pods': [pod('shop', 'relay', { hostPID: true }), pod('shop', 'plain')],
    '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': [exemption],
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.replace(/\n {3,}/g, ' ')).toContain(`
Admitted, with an exemption: 1 Pod, 1 owner
OBJECT     NAMESPACE  PODS  SCORE    REQUIRED
Pod/relay  shop          1    0 +19  host-kernel
  Exemption: "relays" waives hostPID until `);
  expect(out.replaceAll('\n', ' ')).toContain('2 admit. 1 of them has an exemption: relays.');
});

it('judges workloads that have no Pod now by their templates, at no cost', async () => {
  const template = { spec: { hostPID: true, containers: [{ name: 'a', image: 'a:1' }] } };
  const cronJob = (name: string) => ({
    metadata: { name, namespace: 'shop' },
    spec: { jobTemplate: { spec: { template } } },
  });
  const { code, out } = await review({
    '/api/v1/pods': [pod('shop', 'plain')],
    '/apis/batch/v1/cronjobs': [cronJob('nightly'), cronJob('weekly')],
  });
  expect(code).toBe(1);
  expect(out).toContain(`
Would be rejected: 0 Pods, 2 owners
OBJECT           NAMESPACE  PODS  SCORE    REQUIRED
CronJob/nightly  shop          -`);
  expect(out).toContain('  hostPID  spec.jobTemplate.spec.template.spec.hostPID = true');
  expect(out).toContain(
    '1 Pod in 1 namespace of context "test": 1 admit. 2 workloads without a Pod now: 2 reject.',
  );
});

it('goes on without owners that may not be listed, and says so', async () => {
  const { code, out, err } = await review({
    '/api/v1/pods': [web(1)],
    '/apis/apps/v1/replicasets': 403,
  });
  expect(code).toBe(0);
  expect(err).toBe('warning: left out: /apis/apps/v1/replicasets is not for you\n');
  expect(out).toContain('ReplicaSet/web-1');
  await server?.stop();
  const strict = await review({ '/api/v1/pods': [web(1)], '/apis/apps/v1/replicasets': 403 }, '--strict');
  expect(strict).toMatchObject({ code: 2, err: expect.stringContaining('replicasets is not for you') });
});

it('has no answer with --strict where policies may not be read', async () => {
  const policies = { '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': 403 };
  expect((await review({ '/api/v1/pods': [web(1)], ...policies })).code).toBe(0);
  await server?.stop();
  expect((await review({ '/api/v1/pods': [web(1)], ...policies }, '--strict')).code).toBe(2);
});

it.each(['mutatingwebhookconfigurations', 'validatingadmissionpolicybindings'])(
  'has no answer with --strict where it may not be read which namespaces are asked about: %s',
  async resource => {
    const hidden = { [`/apis/admissionregistration.k8s.io/v1/${resource}`]: 403 };
    const { code, err } = await review({ '/api/v1/pods': [web(1)], ...hidden });
    expect([code, err]).toEqual([0, expect.stringContaining('warning: left out: ')]);
    await server?.stop();
    expect((await review({ '/api/v1/pods': [web(1)], ...hidden }, '--strict')).code).toBe(2);
  },
);

it('warns of a cluster without a RuntimeClass', async () => {
  const { code, err } = await review({
    '/api/v1/pods': [web(1)],
    '/apis/node.k8s.io/v1/runtimeclasses': [],
  });
  expect({ code, err }).toEqual({
    code: 1,
    err: 'warning: the cluster has no RuntimeClass, so what needs a sandbox would be rejected\n',
  });
});

it('reviews 5,000 Pods at a small multiple of only reading them, in less than 30 seconds', async () => {
  const shops = Array.from({ length: 50 }, (_, i) => servedNamespace(`shop-${i}`));
  const many = Array.from({ length: 5000 }, (_, i) =>
    pod(`shop-${i % 50}`, `web-${i}`, i % 3 ? UNCONFINED : {}, ownedBy('ReplicaSet', `web-${i % 500}`)),
  );
  server = await startApiServer({ ...CLUSTER, '/api/v1/pods': many, '/api/v1/namespaces': shops });
  const { kubeconfig } = server;
  const { api } = await connect({ kubeconfig });
  const control = await processorTimeOf(() => countPods(api));
  expect(control.result).toBe(5000);
  const argv = ['review', '--from-cluster', '--kubeconfig', kubeconfig];
  const { result, took } = await processorTimeOf(() => cofferdam(argv));
  const { out, code } = result;
  expect(took / control.took).toBeLessThan(12);
  expect(code).toBe(0);
  expect(out).toContain('5000 Pods in 50 namespaces of context "test"');
}, 30_000);
