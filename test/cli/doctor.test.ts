import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import schema from '../../docs/schema/doctor.schema.json' with { type: 'json' };
import { loadPolicies } from '../../src/policy/load.ts';
import { CLUSTER, ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { type ApiServer, type Collections, kubeconfigFor, startApiServer } from '../support/kube-server.ts';
import { node, servedNamespace } from '../support/objects.ts';
import { cofferdam, type Ran } from './stranger.ts';

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function doctor(collections: Collections, ...argv: readonly string[]): Promise<Ran> {
  server = await startApiServer({ ...CLUSTER, '/api/v1/pods': [], ...collections });
  return cofferdam(['doctor', '--kubeconfig', server.kubeconfig, ...argv]);
}

const relay = { hostNetwork: true, serviceAccountName: 'relay' };
const RUNNING = {
  '/api/v1/pods': [
    pod('shop', 'plain'),
    pod('shop', 'web', UNCONFINED),
    pod('shop', 'relay-1', relay, ownedBy('DaemonSet', 'relay')),
    pod('shop', 'relay-2', relay, ownedBy('DaemonSet', 'relay')),
    pod('shop', 'dns', { hostPID: true, priorityClassName: 'system-cluster-critical' }),
    pod('shop', 'debug', { hostPID: true }),
    pod('kube-system', 'proxy', { hostNetwork: true }, ownedBy('DaemonSet', 'kube-proxy')),
  ],
};

it('tells of a cluster before an installation', async () => {
  const { code, out, err } = await doctor({});
  expect(err).toBe('');
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('../golden/doctor.txt');
});

describe('--preflight', () => {
  it('leaves out what the installed webhooks are told to leave out', async () => {
    const webhook = {
      name: 'enforce.mutate.cofferdam.dev',
      clientConfig: { service: { name: 'cofferdam', namespace: 'cofferdam', path: '/mutate/enforce' } },
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['shop'] }],
      },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    };
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    const installed = { [path]: [{ metadata: { name: 'zz-cofferdam' }, webhooks: [webhook] }] };
    const namespaces = {
      '/api/v1/namespaces': [servedNamespace('shop', { 'kubernetes.io/metadata.name': 'shop' })],
    };
    const { out } = await doctor({ ...RUNNING, ...namespaces, ...installed }, '--preflight');
    expect(out).toContain(
      '✓ no DaemonSet, system-critical or hostNetwork workload would be rejected: 0 workloads judged\n',
    );
  });

  it('tells what enforcing would break, and drafts exemptions for it', async () => {
    const { code, out } = await doctor(RUNNING, '--preflight');
    expect(code).toBe(1);
    const told = out
      .slice(out.indexOf('Preflight'))
      .replace(/expires: \d{4}-\d\d-\d\dT00:00:00Z/g, 'expires: <90 days from now>')
      // The lines of the checks before these.
      .replace(/, \d+ with notes, \d+ fine/, '');
    expect(told).toBe(`Preflight: if every namespace were enforced
✗ no DaemonSet, system-critical or hostNetwork workload would be rejected: 6 workloads judged
    DaemonSet "relay" in "shop" (2 Pods; on every node and hostNetwork): no sandbox can contain the
    host's network namespace.
    Fix: Change it, or complete and apply the exemption "shop-relay" that is drafted below.
    Pod "dns" in "shop" (1 Pod; system-cluster-critical): no sandbox can contain the host's PID
    namespace.
    Fix: Change it, or complete and apply the exemption "shop-dns" that is drafted below.
    More: docs/troubleshooting.md#preflight-system
! no other workload would be rejected
    1 workload (1 Pod) would be rejected, in "shop".
    Fix: Run "cofferdam review --from-cluster --only reject", which says of each why, and what to
         do.
    More: docs/troubleshooting.md#preflight-others

2 drafted exemptions, to review and complete (-o exemptions=FILE writes them)
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata:
  name: shop-relay
spec:
  match:
    namespaces:
      - shop
    serviceAccounts:
      - relay
    images:
      - example.com/main
  waive:
    - signal: hostNetwork
  owner: TODO who answers for it
  reason: TODO why DaemonSet relay must have it
  expires: <90 days from now>
---
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata:
  name: shop-dns
spec:
  match:
    namespaces:
      - shop
    images:
      - example.com/main
  waive:
    - signal: hostPID
  owner: TODO who answers for it
  reason: TODO why Pod dns must have it
  expires: <90 days from now>

Context "test": 1 check failed, 1 with warnings.
`);
  });

  it('drafts each exemption under a name of its own, which none that there is has', async () => {
    const expires = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const there = {
      metadata: { name: 'shop-relay', uid: 'u', generation: 1 },
      spec: {
        match: { namespaces: ['elsewhere'] },
        waive: [{ signal: 'hostIPC' }],
        ...{ owner: 'ops', reason: 'a test', expires },
      },
    };
    const pods = ['DaemonSet', 'StatefulSet'].map(kind =>
      pod('shop', `${kind}-1`, relay, ownedBy(kind, 'relay')),
    );
    const { out } = await doctor(
      { '/api/v1/pods': pods, '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': [there] },
      '--preflight',
    );
    expect(out.match(/^ {2}name: .*/gm)).toEqual(['  name: shop-relay-2', '  name: shop-relay-3']);
    expect(out.match(/the exemption "[^"]*"/g)).toEqual([
      'the exemption "shop-relay-2"',
      'the exemption "shop-relay-3"',
    ]);
  });

  it('is fine once the drafts are in force', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
    try {
      const drafts = join(folder, 'drafts.yaml');
      await doctor(RUNNING, '--preflight', '-o', `exemptions=${drafts}`);
      await server?.stop();
      const { problems } = await loadPolicies([drafts]);
      expect(problems.filter(({ message }) => !message.includes('as it was drafted'))).toEqual([]);
      expect(problems.map(({ severity }) => severity)).toEqual(problems.map(() => 'warning'));
      // The draft for the DNS Pod waives hostPID of the other one too: both have the same service account.
      const { code, out } = await doctor(RUNNING, '--preflight', '--policy', drafts);
      expect(code).toBe(0);
      expect(out).toContain('✓ no other workload would be rejected');
      expect(await readFile(drafts, 'utf8')).not.toContain('kube-proxy');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('exit codes', () => {
  const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  it.each([
    ['fine', {}, [], 0],
    ['no sandbox', { '/apis/node.k8s.io/v1/runtimeclasses': [] }, [], 1],
    ['a warning alone', { '/api/v1/nodes': [node('n1', ['runsc'])] }, [], 0],
    ['lists that are forbidden', { [webhooks]: 403, '/api/v1/nodes': 403 }, [], 0],
    ['a list that breaks', { [webhooks]: 500 }, [], 0],
    ['no credentials', { [webhooks]: 401 }, [], 2],
    ['an unknown format', {}, ['-o', 'sarif'], 2],
    ['an unknown policy', {}, ['--policy', 'stirct'], 2],
    ['an unknown context', {}, ['--context', 'prod'], 2],
  ] as const)('%s', async (_, collections, argv, code) => {
    expect((await doctor(collections, ...argv)).code).toBe(code);
  });

  it('a cluster that cannot be reached is no answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
    const kubeconfig = join(folder, 'kubeconfig');
    // The port of a server that is gone.
    await writeFile(kubeconfig, kubeconfigFor(1));
    const { code, err, out } = await cofferdam(['doctor', '--kubeconfig', kubeconfig]);
    await rm(folder, { recursive: true });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(`error: cannot reach the API server http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1
Name a kubeconfig with --kubeconfig or $KUBECONFIG, and a context of it with --context.
`);
  });
});

it('says of a list that it may not read which checks lack it, and runs the others', async () => {
  const { out } = await doctor({ '/api/v1/nodes': 403 }, '-o', 'json');
  const document = JSON.parse(out);
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
  expect(validate(document) || validate.errors).toBe(true);
  const warned = document.checks.filter(({ mark }: { mark: string }) => mark === 'warning');
  expect(warned.map(({ id, remarks }: { id: string; remarks: unknown }) => [id, remarks])).toEqual(
    ['handlers-on-nodes', 'ready-nodes'].map(id => [
      id,
      [
        {
          mark: 'warning',
          message: 'This was not checked, because nodes could not be listed: /api/v1/nodes is not for you.',
          fix: 'Run doctor as a user who may list nodes.',
        },
      ],
    ]),
  );
  expect(document.summary).toMatchObject({ failure: 0, warning: 2 });
});

describe('Pods that are exempt, and run in a sandbox that does not show them what they are exempt for', () => {
  const agent = (path: string, more: object = {}) => ({
    ...{ runtimeClassName: 'kata-qemu', volumes: [{ name: 'v', hostPath: { path } }] },
    ...more,
  });
  const privileged = {
    containers: [{ name: 'main', image: 'example.com/main:1', securityContext: { privileged: true } }],
  };
  const injected = { annotations: { 'cofferdam.dev/injected-runtime-class': 'kata-qemu' } };
  const exemption = (namespaces: readonly string[]) => ({
    metadata: { name: 'agents', uid: 'u', generation: 1 },
    spec: {
      match: { namespaces },
      waive: [{ signal: 'hostPathSystem' }],
      ...{ owner: 'ops', reason: 'a test', expires: new Date(Date.now() + 30 * 86_400_000).toISOString() },
    },
  });
  const pods = [
    pod('shop', 'blind', agent('/sys', privileged), injected),
    pod('shop', 'named', agent('/proc')),
    pod('shop', 'sees', agent('/etc', privileged), injected),
    pod('shop', 'plain'),
  ];
  const collections = (namespaces: readonly string[]) => ({
    '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': [exemption(namespaces)],
    '/api/v1/namespaces/shop/pods': pods,
  });

  it('are named, before anything refuses their successors', async () => {
    const { out } = await doctor(collections(['shop']));
    expect(out.slice(out.indexOf('! every exempt Pod'), out.indexOf('Context'))).toBe(
      `! every exempt Pod sees the paths of the host that it is exempt for: 4 Pods judged
    Pod "blind" in "shop" runs in RuntimeClass "kata-qemu", which does not serve the host's /sys.
    The Pod sees nothing of the host there, and its successor would be rejected.
    Fix: If the Pod needs the path, extend its exemption to everything else that keeps it off the
         host kernel. If it does not, remove the volume. If the handler does serve the path, say so
         in a SandboxProfile.
    Pod "named" in "shop" runs in RuntimeClass "kata-qemu", which does not serve the host's /proc.
    The Pod sees nothing of the host there, and its successor would be rejected.
    Fix: If the Pod needs the path, extend its exemption to everything else that keeps it off the
         host kernel. If it does not, remove the volume. If the handler does serve the path, say so
         in a SandboxProfile.
    More: docs/troubleshooting.md#blind-pods

`,
    );
  });

  it('are not looked for where no exemption is for their namespace', async () => {
    const { out } = await doctor(collections(['elsewhere']), '-o', 'json');
    const { checks } = JSON.parse(out);
    expect(checks.find(({ id }: { id: string }) => id === 'blind-pods')).toMatchObject({
      mark: 'note',
      seen: 'no exemption that waives a path of the host applies where a Pod runs',
    });
  });
});
